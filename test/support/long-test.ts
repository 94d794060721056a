import { it } from 'vitest'

/** Whether what takes long is tried, too: `npm run check -- long`. */
export const isLongRun = process.env.LONG_TESTS === 'true'

/** A test of a rarer mishap, whose commoner relatives are tried every time. */
export function longTest(name: string, run: () => Promise<void>, milliseconds?: number): void {
  if (isLongRun) it(name, run, milliseconds)
  else it.skip(`${name} (skipped: it takes long, npm run check -- long)`, run)
}
