import { HippoError } from '../../errors.ts'
import type { Calibration } from './calibration.ts'
import type { CalibrationPerson } from './calibration-person.ts'
import { findCalibration } from './find-calibration.ts'
import { fitCalibration, normsBeliefs } from './fit-calibration.ts'
import type { Beliefs } from './fit-log-ratios.ts'
import { gatherPeople } from './gather-people.ts'
import type { RegressionNorms } from './norms.ts'

type Line = Readonly<Record<string, string>>

export interface SiteCalibrationInput {
  readonly people: readonly Line[]
  readonly results: readonly Line[]
  readonly norms: RegressionNorms
  readonly model: { readonly name: string; readonly version: string }
  readonly icvVersion: string
  readonly scanDeviation: number
  /** Name of the site on the page. */
  readonly site: string
  readonly random: () => number
  /** Number of fits for the errors. */
  readonly draws?: number
}

export interface SiteCalibration {
  readonly calibration: Calibration
  readonly people: readonly CalibrationPerson[]
  readonly notes: readonly string[]
}

/** Limits of plausibility; docs/norms.md gives the reasons. */
const limits = {
  healthyPeople: 20,
  pairedPeople: 10,
  ofEachSex: 5,
  /** Maximum relative difference of a site's level from the shipped calibration. */
  levelApart: 0.15,
  spread: { least: 0.4, most: 1.6 },
  ageSpan: 15,
} as const

/** Prior slopes and spread from the shipped calibration. */
function believe(shipped: Calibration | undefined): { readonly whole: Beliefs } | undefined {
  if (shipped === undefined) return undefined
  const { agePerYear, icvPerLitre, spread, covariance } = shipped.whole
  const deviation = (at: number) => Math.sqrt(Math.max(1e-12, covariance[at]![at]!))
  return {
    whole: {
      agePerYear: { mean: agePerYear, deviation: deviation(2) },
      icvPerLitre: { mean: icvPerLitre, deviation: deviation(3) },
      logSpread: { mean: Math.log(spread), deviation: normsBeliefs.logSpread!.deviation },
    },
  }
}

function judgeNumbers(people: readonly CalibrationPerson[]): string[] {
  const isPaired = people.some(({ reference }) => reference !== undefined)
  const least = isPaired ? limits.pairedPeople : limits.healthyPeople
  const whom = isPaired ? "people with FreeSurfer's volumes" : 'healthy people'
  const faults: string[] = []
  if (people.length < least) {
    faults.push(
      `${people.length} ${whom} can be used; at least ${least} are needed: with fewer, the centre of the norms would be too uncertain to improve on the shipped norms.`,
    )
  }
  for (const [sex, name] of [
    ['F', 'women'],
    ['M', 'men'],
  ] as const) {
    const count = people.filter((one) => one.sex === sex).length
    if (!isPaired && count < limits.ofEachSex) {
      faults.push(
        `${count} of them are ${name}; at least ${limits.ofEachSex} are needed, or half of the patients would be compared with norms of the other sex.`,
      )
    }
  }
  return faults
}

function judgeFit({ whole }: Calibration, shipped: Calibration | undefined): string[] {
  const faults: string[] = []
  const percent = (share: number) => `${Math.abs(100 * share).toFixed(0)} %`
  const apart = shipped === undefined ? 0 : whole.ratio / shipped.whole.ratio - 1
  if (Math.abs(apart) > limits.levelApart) {
    faults.push(
      `Their volumes are ${percent(apart)} ${apart < 0 ? 'smaller' : 'larger'} than those of healthy people elsewhere (${percent(limits.levelApart)} at most): are these people healthy, volumes in mm3, and measured with this model?`,
    )
  }
  if (whole.spread > limits.spread.most || whole.spread < limits.spread.least) {
    faults.push(
      `Their volumes scatter ${whole.spread.toFixed(2)} times as much as the norms state (${limits.spread.least} to ${limits.spread.most} is accepted): are the ids mixed up, or are some of these people ill?`,
    )
  }
  return faults
}

function noteAges(people: readonly CalibrationPerson[]): string[] {
  const ages = people.map(({ ageYears }) => ageYears)
  const [youngest, oldest] = [Math.min(...ages), Math.max(...ages)]
  return oldest - youngest < limits.ageSpan
    ? [
        `They are all ${youngest} to ${oldest} years old: the change of volumes with age is taken from the shipped norms.`,
      ]
    : []
}

const joinAges = (one: Calibration['ages'], other: Calibration['ages']) => ({
  minimum: Math.min(one.minimum, other.minimum),
  maximum: Math.max(one.maximum, other.maximum),
})

/**
 * Calibrates norms with a site's own people: healthy ones, or people also measured with FreeSurfer.
 * What the site's data cannot determine, mainly slopes, is taken from the shipped calibration of
 * the same model. Throws REQUEST_INVALID with one sentence per implausibility.
 */
export function calibrateSite(input: SiteCalibrationInput): SiteCalibration {
  const { norms, model, site } = input
  const { people, faults, notes } = gatherPeople(input.people, input.results, site, norms.ages)
  const refuse = (found: readonly string[]) => {
    if (found.length === 0) return
    throw new HippoError('REQUEST_INVALID', `No norms were made. ${found.join(' ')}`)
  }
  refuse([...faults, ...(faults.length > 0 && people.length === 0 ? [] : judgeNumbers(people))])
  const shipped = findCalibration(norms.calibrations, model)
  const beliefs = believe(shipped)
  const isPaired = people.some(({ reference }) => reference !== undefined)
  const [major, minor] = model.version.split('.').map(Number) as [number, number]
  const fitted = fitCalibration(people, {
    norms,
    model: { name: model.name, from: model.version, below: `${major}.${minor + 1}.0` },
    icvVersion: input.icvVersion,
    scanDeviation: input.scanDeviation,
    ...(beliefs && { beliefs }),
    isOwnSite: true,
    basis: isPaired
      ? `${people.length} people of ${site} whom FreeSurfer and this model measured.`
      : `${people.length} healthy people of ${site} measured with this model.`,
    random: input.random,
    ...(input.draws !== undefined && { draws: input.draws }),
  })
  // Within the ages of the shipped calibration, the change with age is not an extrapolation.
  const calibration: Calibration =
    shipped === undefined ? fitted : { ...fitted, agesOfSlope: joinAges(fitted.ages, shipped.ages) }
  refuse(judgeFit(calibration, shipped))
  return { calibration, people, notes: [...notes, ...noteAges(people)] }
}
