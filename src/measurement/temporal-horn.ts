import type { Side } from './hippocampus-volumes.ts'

/** Values of the temporal horns in a whole head's label map, after those of the hippocampi. */
export const hornLabels: Readonly<Record<'left' | 'right', number>> = { left: 5, right: 6 }

/**
 * The temporal horn (inferior horn of the lateral ventricle) next to one hippocampus, and the
 * hippocampal occupancy.
 */
export type TemporalHorn =
  | {
      readonly side: Side
      readonly state: 'measured'
      readonly volumeMm3: number
      /** One standard error of the volume. */
      readonly standardErrorMm3: number
      /** Hippocampus / (hippocampus + temporal horn), 0 to 1. */
      readonly occupancy: number
      readonly occupancyStandardError: number
    }
  | {
      readonly side: Side
      /** `slit`: too little fluid to measure; `cut`: it extends beyond the searched box. */
      readonly state: 'slit' | 'cut'
      /** Why there is no number. */
      readonly sentence: string
    }

/** Standard error of a horn's volume, and its minimum, from the model's manifest. */
export interface HornRule {
  readonly standardError: { readonly constantMm3: number; readonly perVolume: number }
  readonly slitBelowMm3: number
}

/** Share of the horn's voxels in the outermost layer of the searched box. */
const largestBorderShare = 0.02

/** Facts about a horn before it is judged. */
export interface FoundHorn {
  readonly side: Side
  readonly volumeMm3: number
  /** Share (0 to 1) of its voxels in the outermost layer of the box that was searched. */
  readonly borderShare: number
  readonly hippocampusMm3: number
  /** One standard error of the hippocampus; 0 if unknown. */
  readonly hippocampusErrorMm3: number
}

/**
 * A horn's volume and the occupancy with their standard errors, or why there is none. The error of the
 * occupancy follows from those of both volumes, taken as independent.
 */
export function rateHorn(found: FoundHorn, rule: HornRule): TemporalHorn {
  const { side, volumeMm3, borderShare, hippocampusMm3, hippocampusErrorMm3 } = found
  const of = side === 'unknown' ? 'A temporal horn' : `The ${side} temporal horn`
  if (volumeMm3 < rule.slitBelowMm3) {
    const limit = Math.round(rule.slitBelowMm3)
    const sentence = `${of} is too narrow to measure: less than ${limit} mm\u00b3 of fluid.`
    return { side, state: 'slit', sentence }
  }
  if (borderShare > largestBorderShare) {
    const sentence = `${of} reaches the edge of the box that was searched, so no volume is given.`
    return { side, state: 'cut', sentence }
  }
  const { constantMm3, perVolume } = rule.standardError
  const standardErrorMm3 = constantMm3 + perVolume * volumeMm3
  const sum = hippocampusMm3 + volumeMm3
  const spread = Math.hypot(volumeMm3 * hippocampusErrorMm3, hippocampusMm3 * standardErrorMm3)
  return {
    side,
    state: 'measured',
    volumeMm3,
    standardErrorMm3,
    occupancy: hippocampusMm3 / sum,
    occupancyStandardError: spread / (sum * sum),
  }
}
