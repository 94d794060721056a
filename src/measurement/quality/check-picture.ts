import type { Volume } from '../../volume/grid.ts'
import type { QualityFinding } from '../quality-finding.ts'
import { findPlateaus, mostDistinct, type Plateaus } from './find-plateaus.ts'

/** No image is stored with fewer levels; docs/quality-gates.md explains the limits. */
const fewestValues = 16
const mostFlat = 0.28
/** Without the most common value. The fewer levels, the more neighbours are equal by chance. */
const otherFlat = { least: 0.025, perLevel: 6, most: 0.3 } as const
const mostTop = 0.15
/** Tissue fills a crop; a mask or a probability leaves most of it empty. */
const mostEmptyInCrop = 0.7

const percent = (share: number) => `${Math.round(100 * share)} %`

/**
 * The sign of a map, as the end of "These images hold N distinct values"; undefined for an image.
 */
function findSign(
  { distinctValues, flatShare, otherFlatShare, topShare, emptyShare }: Plateaus,
  kind: 'crop' | 'head',
  limit: number,
): string | undefined {
  // Images of a single value have a separate error.
  if (distinctValues < 2) return undefined
  if (flatShare > mostFlat || otherFlatShare > limit) {
    return `, and ${percent(flatShare)} of their content is in uniform patches`
  }
  if (topShare > mostTop) return `, and ${percent(topShare)} of their content has the maximum value`
  if (kind === 'crop' && emptyShare > mostEmptyInCrop) {
    return `, and ${percent(emptyShare)} of them are empty`
  }
  return distinctValues < fewestValues ? '' : undefined
}

/**
 * Whether a volume is an image, and not a map of labels, tissues or probabilities, even a slightly
 * blurred one: an image has noise nearly everywhere, so that few neighbours are equal.
 */
export function checkPicture(volume: Volume, kind: 'crop' | 'head'): QualityFinding {
  const plateaus = findPlateaus(volume)
  const { distinctValues, otherFlatShare } = plateaus
  const limit = Math.min(otherFlat.most, otherFlat.least + otherFlat.perLevel / distinctValues)
  const sign = findSign(plateaus, kind, limit)
  const count = distinctValues < mostDistinct ? `${distinctValues}` : `${mostDistinct} or more`
  const values = `These images hold ${count} distinct values`
  return {
    check: 'PICTURE',
    verdict: sign === undefined ? 'measured' : 'rejected',
    sentence:
      sign === undefined
        ? `${values}, distributed as in an image.`
        : `${values}${sign}: a map of labels, tissues or probabilities, not an image of a head.`,
    value: otherFlatShare,
    limit,
  }
}
