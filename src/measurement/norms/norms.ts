import type { Calibration } from './calibration.ts'

/** Where reference values come from and whom they describe; shown wherever they are used. */
export interface NormsSource {
  readonly name: string
  /** Author and year, where there is little room. */
  readonly short: string
  /** Authors, title, year, place: as a reader needs it to find the source. */
  readonly citation: string
  readonly url?: string
  readonly licence: string
  /** What the licence asks to be repeated. */
  readonly notice?: string
  /** Who was measured. */
  readonly population: string
  /** How they were measured, such as FreeSurfer 6. */
  readonly method: string
}

/** How far the two sides differ in people without disease. */
export interface AsymmetryReference {
  /** Author and year. */
  readonly short: string
  readonly citation: string
  readonly population: string
  /** Per method: this share of people differs by no more than this, % of the mean of the sides. */
  readonly limits: readonly {
    readonly method: string
    readonly share: number
    readonly percent: number
  }[]
}

interface CommonNorms {
  readonly schemaVersion: 2
  readonly id: string
  readonly source: NormsSource
  /** Years; nothing is compared outside. */
  readonly ages: Range
  readonly calibrations: readonly Calibration[]
  readonly asymmetry?: AsymmetryReference
  /** Percentile under which a volume is called small; absent: 5. */
  readonly alarmPercentile?: number
}

export interface Range {
  readonly minimum: number
  readonly maximum: number
}

/**
 * Expected volume, mm3, from a = age - center and e = intracranial volume (mm3) - center, m = 1 for men and
 * f = 1 at 1.5 T:
 * intercept + age a + age2 a^2 + age3 a^3 + icv e + icv2 e^2 + icv3 e^3 + ageIcv a e + ageMale a m +
 * icvMale e m + icvLowField e f.
 */
export interface RegressionCoefficients {
  readonly intercept: number
  readonly age: number
  readonly age2: number
  readonly age3: number
  readonly icv: number
  readonly icv2: number
  readonly icv3: number
  readonly ageIcv: number
  readonly ageMale: number
  readonly icvMale: number
  readonly icvLowField: number
  /** Around the expected volume, mm3. */
  readonly standardDeviation: number
}

/** Norms as a regression on age, sex and intracranial volume. */
export interface RegressionNorms extends CommonNorms {
  readonly kind: 'regression'
  readonly intracranialVolumeMm3: Range
  readonly ageCenter: number
  readonly intracranialVolumeCenterMm3: number
  readonly sides: { readonly left: RegressionCoefficients; readonly right: RegressionCoefficients }
}

/** Norms as percentiles by age, not corrected for the size of the head. */
export interface NomogramNorms extends CommonNorms {
  readonly kind: 'nomogram'
  readonly tables: readonly NomogramTable[]
}

export interface NomogramTable {
  readonly sex: 'F' | 'M'
  readonly side: 'left' | 'right'
  /** Percents of the columns, rising. */
  readonly percentiles: readonly number[]
  /** By rising age; volumes in mm3, one for each percentile, rising. */
  readonly rows: readonly { readonly age: number; readonly volumesMm3: readonly number[] }[]
}

/** Reference values for hippocampal volumes, from a file that a site may replace (NORMS_FILE). */
export type Norms = RegressionNorms | NomogramNorms
