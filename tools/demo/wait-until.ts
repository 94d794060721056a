import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './child-process.ts'

/**
 * Polls until something is available. Throws a sentence with the child's last lines if it ends, or
 * on a timeout.
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
        `${child.name} ended while starting. Its last output (${child.logFile}):\n${child.tail()}`,
      )
    }
    await sleep(50)
  }
  throw new Error(
    `${child.name} was not ready after ${seconds} s. Its log (${child.logFile}) ends with:\n${child.tail()}`,
  )
}
