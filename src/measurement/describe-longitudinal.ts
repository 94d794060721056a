import { nameSpan } from './describe-change.ts'
import type { SideChange } from './longitudinal-change.ts'

const sign = (value: number) => (value < 0 ? '\u2212' : value > 0 ? '+' : '')
/** One digit; what rounds to nothing has no sign. */
const percent = (value: number) => {
  const rounded = Number(value.toFixed(1)) || 0
  return `${sign(rounded)}${Math.abs(rounded).toFixed(1)}`
}
const names = { left: 'left', right: 'right', both: 'both together' } as const

/** The change between two studies in words, with its intervals. `sides` holds at least one. */
export function describeSides(sides: readonly SideChange[], years: number): string {
  const changes = sides.map(
    ({ side, percent: value, lower, upper }) =>
      `${names[side]} ${percent(value)} % (95 % interval ${percent(lower)} to ${percent(upper)})`,
  )
  return `Measured image against image over ${nameSpan(years)}, the volume of the hippocampus changed: ${changes.join(', ')}.`
}
