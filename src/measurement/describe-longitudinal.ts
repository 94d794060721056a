import { nameSpan } from './describe-change.ts'
import type { SideChange } from './longitudinal-change.ts'

const sign = (value: number) => (value < 0 ? '\u2212' : value > 0 ? '+' : '')
/** One digit; zero has no sign. */
const percent = (value: number) => {
  const rounded = Number(value.toFixed(1)) || 0
  return `${sign(rounded)}${Math.abs(rounded).toFixed(1)}`
}
const names = { left: 'left', right: 'right', both: 'both together' } as const

/** The change between two studies in words. `sides` holds at least one. */
export function describeSides(sides: readonly SideChange[], years: number): string {
  const changes = sides.map(({ side, percent: value, lower, upper }) => {
    const isClear = lower > 0 || upper < 0
    return `${names[side]} ${percent(value)} %${isClear ? '' : ' (within the error of repeated scans)'}`
  })
  return `Over ${nameSpan(years)} the volume of the hippocampus changed, image against image: ${changes.join(', ')}.`
}
