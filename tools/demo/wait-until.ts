import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './child-process.ts'

/**
 * Asks again and again until something is there. Throws a sentence with the child's last lines when it
 * ends, or when time is up.
 */
export async function waitUntil<T>(
  child: Child,
  isReady: () => Promise<T | undefined>,
  seconds: number,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  while (Date.now() < deadline) {
    const answer = await isReady().catch(() => undefined)
    if (answer !== undefined) return answer
    if (!child.isRunning()) {
      throw new Error(
        `${child.name} ended while it started. Its last words (${child.logFile}):\n${child.tail()}`,
      )
    }
    await sleep(50)
  }
  throw new Error(
    `${child.name} was not ready after ${seconds} s. Its log (${child.logFile}) ends so:\n${child.tail()}`,
  )
}
