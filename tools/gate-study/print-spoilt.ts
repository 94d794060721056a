import { table } from '../evaluate/print-table.ts'
import type { SpoiltHead } from './study-heads.ts'

/** Limits of the classes of volume errors, percent. */
const classes = [
  [0, 2],
  [2, 4],
  [4, 8],
  [8, Number.POSITIVE_INFINITY],
] as const

const worst = ({ errors }: SpoiltHead) => Math.max(...errors.map(Math.abs))
const warned = (cases: readonly SpoiltHead[]) =>
  `${cases.filter(({ warns }) => warns).length} of ${cases.length}`

/** One line about one degraded head. */
export function printSpoilt({ head, spoiltBy, errors, values, warns }: SpoiltHead): string {
  const shown = errors.map((error) => `${error.toFixed(1)} %`).join(', ')
  const read = values.map((value) => value?.toFixed(4) ?? '-').join(', ')
  return `${head}: ${spoiltBy}: volumes ${shown}; reads ${read}${warns ? ', warns' : ''}`
}

/**
 * Numbers of warnings: for unchanged heads, and for degraded ones by the greater error of their two
 * volumes.
 */
export function summarizeSpoilt(cases: readonly SpoiltHead[]): string[] {
  const halves = [0, 1].map((half) => cases.filter((one) => one.half === half))
  const row = (name: string, pick: (one: SpoiltHead) => boolean) => [
    name,
    ...halves.map((half) => warned(half.filter(pick))),
  ]
  const isSpoilt = ({ spoiltBy }: SpoiltHead) => spoiltBy !== 'nothing'
  return table([
    ['warned of', 'first half', 'second half'],
    row('as they are', (one) => !isSpoilt(one)),
    ...classes.map(([from, to]) =>
      row(
        Number.isFinite(to) ? `${from} to ${to} % off` : `over ${from} % off`,
        (one) => isSpoilt(one) && worst(one) >= from && worst(one) < to,
      ),
    ),
  ])
}
