import type { PublishedRate } from './change-over-time.ts'
import shipped from './change-reference.json' with { type: 'json' }

/** Reference values for changes. */
export interface ChangeReference {
  /** Mean absolute difference of the volumes of two scans of one person, percent. */
  readonly repeatScanDifferencePercent: number
  /** Over less time than this, a change cannot be distinguished from measurement error. */
  readonly minimumYears: number
  readonly published: readonly (PublishedRate & {
    /** Age range in years it applies to, or unknown age; absent: everyone. */
    readonly ages?: { readonly from?: number; readonly below?: number } | 'unknown'
  })[]
}

/** The published rates to show to a person of this age; healthy loss grows with age. */
export function choosePublished(
  { published }: ChangeReference,
  ageYears: number | undefined,
): PublishedRate[] {
  return published.flatMap(({ ages, ...rate }) => {
    if (ages === undefined) return rate
    if (ages === 'unknown') return ageYears === undefined ? rate : []
    if (ageYears === undefined) return []
    const { from = 0, below = Number.POSITIVE_INFINITY } = ages
    return ageYears >= from && ageYears < below ? rate : []
  })
}

/** The shipped values; the file names the source of each. */
export const changeReference = shipped as ChangeReference

/**
 * Standard deviation of one scan's volume, percent, from the mean absolute difference d of two. Of two
 * independent normal errors of deviation s that mean is 2 s / sqrt(pi).
 */
export function scanDeviationPercent(repeatScanDifferencePercent: number): number {
  return (repeatScanDifferencePercent * Math.sqrt(Math.PI)) / 2
}
