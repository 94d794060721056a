import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { lengthOf, subtract } from '../../src/volume/vector3.ts'

/** The tested search: this working copy's or another's. */
export type Locate = (volume: Volume) => HeadLocalization

export const sides = ['left', 'right'] as const
/** A centre further off than this is misplaced, mm. */
export const farMm = 6

export const distance = (a: Vector3, b: Vector3) => lengthOf(subtract(a, b))

export const print = (cells: readonly (string | number)[]) =>
  console.log(
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(40) : ` ${cell}`.padStart(13))).join(''),
  )

/** Score, whether a head was found, share of the brain in view, and the head's size in cm3. */
export function describeFound(found: HeadLocalization): string[] {
  return [
    found.score.toFixed(3),
    found.found ? 'yes' : `no: ${found.doubt}`,
    `${Math.round(found.brainCoverage * 100)} %`,
    (found.intracranialVolumeMm3 / 1000).toFixed(0),
  ]
}

/** The result, and the processor time in seconds. */
export function timeSearch(locate: Locate, volume: Volume) {
  const start = process.cpuUsage()
  const found = locate(volume)
  const { user, system } = process.cpuUsage(start)
  return { found, seconds: (user + system) / 1e6 }
}
