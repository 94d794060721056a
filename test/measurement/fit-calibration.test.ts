import { describe, expect, it } from 'vitest'
import { intracranialVolumeVersion } from '../../src/measurement/intracranial-volume-version.ts'
import type { Calibration } from '../../src/measurement/norms/calibration.ts'
import type { CalibrationPerson } from '../../src/measurement/norms/calibration-person.ts'
import { fitCalibration } from '../../src/measurement/norms/fit-calibration.ts'
import { scorePeople } from '../../tools/norms/score-people.ts'
import { simulateCohort } from '../../tools/norms/simulate-cohort.ts'
import { predictiveCoverage } from '../../tools/norms/tabulate-scores.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { plainNorms } from '../support/calibrated-norms.ts'
import { makeCohort } from './make-cohort.ts'

const calibrate = (people: readonly CalibrationPerson[], changes: object = {}): Calibration =>
  fitCalibration(people, {
    norms: plainNorms,
    model: { name: 'calibrated-unet', from: '1.4.0' },
    icvVersion: intracranialVolumeVersion,
    scanDeviation: 0.012,
    basis: 'Made-up people.',
    random: seededRandom(7),
    draws: 60,
    ...changes,
  })
const errorOf = ({ whole }: Calibration, at: number) => Math.sqrt(whole.covariance[at]![at]!)

describe('a calibration of made-up people', () => {
  it('recovers ratio, side and spread, within its own errors', () => {
    const people = makeCohort({ count: 400, seed: 1, ratio: 0.78, right: -0.03, spread: 0.8 })
    const calibration = calibrate(people, { isOwnSite: true })
    const { whole } = calibration
    expect(Math.abs(Math.log(whole.ratio / 0.78))).toBeLessThan(3 * errorOf(calibration, 0))
    expect(whole.ratio).toBeCloseTo(0.78, 1)
    expect(whole.right).toBeCloseTo(-0.03, 2)
    expect(Math.abs(whole.spread - 0.8)).toBeLessThan(0.06)
    expect(errorOf(calibration, 0)).toBeLessThan(0.01)
  })

  it('recovers the share of the parts', () => {
    const { parts } = calibrate(makeCohort({ count: 200, seed: 2 }), { isOwnSite: true })
    expect(parts!.anterior.ratio / (parts!.anterior.ratio + parts!.posterior.ratio)).toBeCloseTo(
      0.55,
      2,
    )
  })

  it('follows a different loss with age if many people show it, and stays with the norms if few do', () => {
    const many = calibrate(makeCohort({ count: 800, seed: 3, agePerYear: 0.003 }), {
      isOwnSite: true,
    })
    expect(many.whole.agePerYear).toBeGreaterThan(0.0024)
    const young = makeCohort({ count: 20, seed: 4, agePerYear: 0.003, ages: [25, 30] })
    const few = calibrate(young, { isOwnSite: true })
    expect(Math.abs(few.whole.agePerYear)).toBeLessThan(0.0015)
    // Not told, but not forgotten: the error stays as large as what was believed.
    expect(errorOf(few, 2)).toBeGreaterThan(0.002)
  })

  it('does not confuse differences between sites with effects of age', () => {
    const young = makeCohort({ site: 'A', count: 300, seed: 5, ratio: 0.8, ages: [20, 40] })
    const old = makeCohort({ site: 'B', count: 300, seed: 6, ratio: 0.88, ages: [50, 75] })
    const { whole } = calibrate([...young, ...old])
    expect(Math.abs(whole.agePerYear)).toBeLessThan(0.0012)
    expect(whole.siteScatter).toBeGreaterThan(0.03)
  })

  it('is less certain with two sites than with a thousand people of one', () => {
    const people = [1, 2].flatMap((seed) => makeCohort({ site: String(seed), count: 500, seed }))
    expect(errorOf(calibrate(people), 0)).toBeGreaterThan(0.012)
  })

  it('uses ill people for the spread, but not for the level', () => {
    const healthy = makeCohort({ count: 200, seed: 8 })
    const ill = makeCohort({ count: 200, seed: 9, group: 'ill', shift: -1.5 })
    const [alone, together] = [calibrate(healthy), calibrate([...healthy, ...ill])]
    expect(together.whole.ratio).toBeCloseTo(alone.whole.ratio, 2)
    expect(Math.abs(together.whole.spread - 1)).toBeLessThan(0.1)
    expect(together.people).toBe(200)
  })

  it('learns the difference of methods from people measured with both, ill or not', () => {
    const pairs = makeCohort({ count: 60, seed: 10, ratio: 0.77, shift: -1, differs: 0.03 })
    const { whole } = calibrate(pairs, { isOwnSite: true, beliefs: {} })
    expect(whole.ratio).toBeCloseTo(0.77, 1)
    expect(Math.abs(whole.ratio - 0.77)).toBeLessThan(0.01)
    // Three hundredths of a volume are a third of the norms' residual: together 1.05.
    expect(Math.abs(whole.spread - 1.05)).toBeLessThan(0.12)
  })

  it('covers 95 of 100 people of an unseen site', () => {
    const sites = Array.from({ length: 8 }, (_, at) => {
      const ratio = 0.8 * (1 + 0.03 * Math.sin(5 * at))
      return makeCohort({ site: String(at), count: 30, seed: 20 + at, ratio })
    })
    const placed = sites.flatMap((left) => {
      const others = sites.filter((site) => site !== left).flat()
      return scorePeople(left, calibrate(others, { draws: 20 }), plainNorms, () => 0)
    })
    const { withErrors } = predictiveCoverage(placed.flatMap(({ left, right }) => [left, right]))
    expect(withErrors).toBeGreaterThan(0.93)
    expect(withErrors).toBeLessThan(0.975)
  })
})

describe('made-up people sent through the comparison', () => {
  const calibration = calibrate(makeCohort({ count: 300, seed: 11 }), { isOwnSite: true })
  const simulate = (shift: number, hasErrors: boolean) =>
    simulateCohort(
      plainNorms,
      calibration,
      { shift, people: 1500, hasErrors, icvError: 0.03 },
      seededRandom(3),
    )

  it.each([
    [0, 0.05],
    [-1.5, 0.4424],
  ])('shifted by z = %f are below the 5th percentile as often as expected: %f', (shift, share) => {
    const { flagged, theory } = simulate(shift, false)
    expect(theory).toBeCloseTo(share, 3)
    expect(Math.abs(flagged - share)).toBeLessThan(0.03)
  })

  it('have their true z-score within the interval 95 times of 100', () => {
    const { covered } = simulate(0, true)
    expect(covered).toBeGreaterThan(0.93)
    expect(covered).toBeLessThan(0.985)
  })
})
