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

/** Prior assumptions for the case of few sites; docs/norms.md gives the reasons. */
export const assumed = {
  /** Prior standard deviation between sites, as a fraction of the volume; counts as two sites. */
  siteScatter: 0.03,
  siteScatterCounts: 2,
  /** Prior standard deviation between methods of loss per year and gain with head size. */
  agePerYear: 0.003,
  icvPerLitre: 0.1,
  /** Prior relative standard deviation of a spread from the norms' residual. */
  logSpread: 0.2,
} as const

/** Priors for an unknown model: those of the norms. */
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
  /** Relative standard deviation of a volume between repeated scans. */
  readonly scanDeviation: number
  readonly beliefs?: { readonly [structure in Structure]?: Beliefs }
  /**
   * The people are from the site that will use the calibration, so there is no variation between
   * sites.
   */
  readonly isOwnSite?: boolean
  readonly basis: string
  /** Numbers in [0, 1). */
  readonly random: () => number
  readonly draws?: number
}

/** Variance between sites: the excess variance of their levels, combined with the prior. */
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
 * Fits a calibration of a model to measured people: level, side, slopes in age and head size,
 * spread, and the same for the parts. The covariance comes from a bootstrap: fits to people
 * resampled within their sites, with sites shifted by the variation between sites and sampled
 * priors.
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
