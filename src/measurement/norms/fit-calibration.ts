import type { Calibration, CalibrationFit } from './calibration.ts'
import {
  type CalibrationPerson,
  choosePivots,
  type Structure,
  takeLogRatios,
} from './calibration-person.ts'
import { covarianceOf, drawAnew, drawBeliefs } from './draw-anew.ts'
import { type Beliefs, fitLogRatios, type LogRatioFit } from './fit-log-ratios.ts'
import type { RegressionNorms } from './norms.ts'

/** What is taken for granted where few sites speak; docs/norms.md says why. */
export const assumed = {
  /** How far sites differ before they were seen, as a part of the volume; counts as two sites. */
  siteScatter: 0.03,
  siteScatterCounts: 2,
  /** How far two methods' loss a year, and their gain with head size, may differ. */
  agePerYear: 0.003,
  icvPerLitre: 0.1,
  /** How far a spread may be from the norms' residual, as a part of it. */
  logSpread: 0.2,
} as const

/** Beliefs where nothing is known of a model: as the norms say. */
export const normsBeliefs: Beliefs = {
  agePerYear: { mean: 0, deviation: assumed.agePerYear },
  icvPerLitre: { mean: 0, deviation: assumed.icvPerLitre },
  logSpread: { mean: 0, deviation: assumed.logSpread },
}

export interface FitOptions {
  readonly norms: RegressionNorms
  readonly model: {
    readonly name: string
    readonly from: string
    readonly below?: string | undefined
  }
  readonly icvVersion: string
  /** Standard deviation of one scan's volume on repeat, as a part of it. */
  readonly scanDeviation: number
  readonly beliefs?: { readonly [structure in Structure]?: Beliefs }
  /** The people are of the site that will use it: its own scanner, no other site. */
  readonly isOwnSite?: boolean
  readonly basis: string
  /** Numbers in [0, 1). */
  readonly random: () => number
  readonly draws?: number
}

/** Variance between sites: what their levels show beyond the error of each, with what is assumed. */
function rateSiteVariance({ siteLevels, residualVariance }: LogRatioFit): number {
  const { siteScatter, siteScatterCounts } = assumed
  const count = siteLevels.length
  const center = siteLevels.reduce((sum, { level }) => sum + level, 0) / count
  const squares = siteLevels.reduce((sum, { level }) => sum + (level - center) ** 2, 0)
  const ofErrors =
    (siteLevels.reduce((sum, { people }) => sum + residualVariance / people, 0) / count) *
    (count - 1)
  const seen = Math.max(0, squares - ofErrors)
  return (siteScatterCounts * siteScatter ** 2 + seen) / (siteScatterCounts + count - 1)
}

const coefficientsOf = (fit: LogRatioFit) =>
  [fit.level, fit.right, fit.agePerYear, fit.icvPerLitre, fit.logSpread] as const

const rounded = (value: number, digits: number) => Number(value.toPrecision(digits))

function fitStructure(
  people: readonly CalibrationPerson[],
  structure: Structure,
  pivots: { readonly agePivot: number; readonly icvPivotMm3: number },
  { norms, beliefs = {}, isOwnSite = false, random, draws = 1000 }: FitOptions,
): CalibrationFit {
  const { logSpread: _, ...slopesOnly } = normsBeliefs
  const believed = beliefs[structure] ?? (structure === 'whole' ? normsBeliefs : slopesOnly)
  const ratios = takeLogRatios(people, structure, norms, pivots)
  const first = fitLogRatios(ratios, believed, assumed.siteScatter ** 2)
  const siteVariance = isOwnSite ? 0 : rateSiteVariance(first)
  const siteScatter = Math.sqrt(siteVariance)
  const fit = fitLogRatios(ratios, believed, siteVariance)
  const drawn = Array.from({ length: draws }, () =>
    coefficientsOf(
      fitLogRatios(
        drawAnew(ratios, siteScatter, random),
        drawBeliefs(believed, random),
        siteVariance,
      ),
    ),
  )
  return {
    ratio: rounded(Math.exp(fit.level), 4),
    right: rounded(fit.right, 3),
    agePerYear: rounded(fit.agePerYear, 3),
    icvPerLitre: rounded(fit.icvPerLitre, 3),
    spread: rounded(Math.exp(fit.logSpread), 3),
    covariance: covarianceOf(drawn).map((row) => row.map((value) => rounded(value, 3))),
    siteScatter: rounded(siteScatter, 3),
  }
}

/**
 * Fits a calibration of a model to people whom it measured: level, side, slopes in age and head size as far
 * as the data can tell, spread, and the same for the parts. The covariance is that of fits to people drawn
 * anew within their sites, with sites moved by how far sites differ and beliefs drawn from theirs.
 */
export function fitCalibration(
  people: readonly CalibrationPerson[],
  options: FitOptions,
): Calibration {
  const { model, icvVersion, scanDeviation, basis } = options
  const pivots = choosePivots(people)
  const healthy = people.filter(({ group }) => group === '')
  const ages = healthy.map(({ ageYears }) => ageYears)
  const fitOf = (structure: Structure) => fitStructure(people, structure, pivots, options)
  return {
    model: model.name,
    from: model.from,
    ...(model.below !== undefined && { below: model.below }),
    icvVersion,
    people: healthy.length,
    sites: new Set(healthy.map(({ site }) => site)).size,
    ages: { minimum: Math.floor(Math.min(...ages)), maximum: Math.ceil(Math.max(...ages)) },
    ...pivots,
    beyondAgesPerYear: assumed.agePerYear,
    scanDeviation: rounded(scanDeviation, 3),
    whole: fitOf('whole'),
    parts: { anterior: fitOf('anterior'), posterior: fitOf('posterior') },
    basis,
  }
}
