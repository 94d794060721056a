import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until there is an answer; throws what was waited for, and what `tell` knows, when time is up. */
export async function pollUntil<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false>,
  { seconds = 50, tell = () => '' }: { seconds?: number; tell?: () => string } = {},
): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s for ${what}.\n${tell()}`)
    await sleep(40)
  }
}
