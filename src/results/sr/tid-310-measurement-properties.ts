import { type Code, codes } from '../../dicom/codes.ts'
import type { NormativeComparison } from '../../measurement/norms/compare-with-norms.ts'
import {
  describeCalibration,
  explainBeyondAges,
} from '../../measurement/norms/describe-calibration.ts'
import type { PlacedVolume } from '../../measurement/norms/place-volume.ts'
import { type ContentItem, numberItem, textItem } from './content-item.ts'

/** A comparison with norms, and its values for one hippocampus or a part of it. */
export interface ComparedVolume {
  readonly comparison: Extract<NormativeComparison, { compared: true }>
  readonly placed: PlacedVolume
  /** Absent for a whole hippocampus. */
  readonly part?: 'anterior' | 'posterior'
}

const relationship = 'HAS PROPERTIES'
/** A number with its significant digits. */
export const round = (value: number, digits: number) => Number(value.toFixed(digits))

/** Cubic millimetres to a tenth; the error of a volume is about a hundred. */
export const roundVolume = (mm3: number) => round(mm3, 1)

/**
 * Distances of the ends of a 95 % interval from its value: TID 310 Row 5 (CID 225) below a number
 * of TID 311. Computed from the rounded numbers, so that their sums give the ends.
 */
function intervalProperties(
  { value, low, high }: PlacedVolume['percentile'],
  unit: Code,
  digits: number,
): ContentItem[] {
  const middle = round(value, digits)
  const below = round(middle - round(low, digits), digits)
  const above = round(round(high, digits) - middle, digits)
  return [
    numberItem(relationship, codes.lowerUncertainty, below, unit),
    numberItem(relationship, codes.upperUncertainty, above, unit),
  ]
}

/** The same in words, which state that these are 95 % intervals. */
function describeIntervals({ zScore, percentile }: PlacedVolume): string {
  return (
    `Percentile ${percentile.low.toFixed(1)} to ${percentile.high.toFixed(1)}, z-score ` +
    `${zScore.low.toFixed(2)} to ${zScore.high.toFixed(2)} (95 % intervals).`
  )
}

/** Meaning of the range of TID 310; a comment in every document that has one. */
export const uncertaintyComment =
  "The range of measurement uncertainty of a hippocampal volume is one standard error against an expert's tracing of the same images: " +
  '68 of 100 such volumes lie within it, 95 within 1.96 times as much. It does not include differences between scanners or methods.'

/** TID 310 Row 5, CID 225: one standard error of a volume, if it is known. */
export function measurementUncertainty(standardErrorMm3: number | undefined): ContentItem[] {
  if (standardErrorMm3 === undefined) return []
  const mm3 = codes.cubicMillimeter
  return [numberItem(relationship, codes.uncertaintyRange, round(standardErrorMm3, 1), mm3)]
}

/** TID 311 and 312 of TID 310: a volume's comparison with healthy people, and its source. */
export function populationProperties({ comparison, placed, part }: ComparedVolume): ContentItem[] {
  const { source, calibration, person } = comparison
  const beyond = explainBeyondAges(calibration, person.ageYears)
  const scaled = [describeCalibration(calibration, source, part), beyond].filter(Boolean).join(' ')
  const population = `${source.population}; same age, sex and intracranial volume. ${scaled} ${describeIntervals(placed)}`
  const mm3 = codes.cubicMillimeter
  return [
    // TID 310 includes TID 311: CID 227
    numberItem(
      relationship,
      codes.percentileRanking,
      round(placed.percentile.value, 1),
      codes.percent,
      intervalProperties(placed.percentile, codes.percent, 1),
    ),
    numberItem(
      relationship,
      codes.zScore,
      round(placed.zScore.value, 2),
      codes.noUnits,
      intervalProperties(placed.zScore, codes.noUnits, 2),
    ),
    // TID 311: CID 226
    numberItem(relationship, codes.meanOfPopulation, round(placed.expectedMm3, 1), mm3),
    numberItem(
      relationship,
      codes.deviationOfPopulation,
      round(placed.standardDeviationMm3, 1),
      mm3,
    ),
    // TID 311
    textItem(relationship, codes.populationDescription, population),
    textItem(relationship, codes.referenceAuthority, source.citation),
    // TID 310 includes TID 312: CID 223
    numberItem(relationship, codes.normalRangeLower, round(placed.normalLowMm3, 1), mm3),
    numberItem(relationship, codes.normalRangeUpper, round(placed.normalHighMm3, 1), mm3),
    // TID 312
    textItem(
      relationship,
      codes.normalRangeDescription,
      'From the 2.5th to the 97.5th percentile of the population.',
    ),
    textItem(relationship, codes.normalRangeAuthority, source.citation),
  ]
}
