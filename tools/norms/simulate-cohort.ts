import { calibrateDistribution } from '../../src/measurement/norms/calibrate-distribution.ts'
import { type Calibration, ratioErrorAt } from '../../src/measurement/norms/calibration.ts'
import { compareWithNorms } from '../../src/measurement/norms/compare-with-norms.ts'
import { drawNormal } from '../../src/measurement/norms/draw-anew.ts'
import { expectVolume } from '../../src/measurement/norms/expected-volume.ts'
import { quantileOf, shareBelow } from '../../src/measurement/norms/normal-distribution.ts'
import type { RegressionNorms } from '../../src/measurement/norms/norms.ts'
import { findEndOfNorms } from '../../src/measurement/norms/where-norms-end.ts'

export interface SimulatedShare {
  /** Share of sides below the 5th percentile: measured, and by theory. */
  readonly flagged: number
  readonly theory: number
  /** Share of sides whose true z-score is within its interval. */
  readonly covered: number
  readonly people: number
}

/**
 * Made-up people whose z-scores are normal around `shift`, measured with the errors that a calibration
 * names where `hasErrors`, and sent through the product's own comparison. Errors widen what is seen, so
 * that theory counts them.
 */
export function simulateCohort(
  norms: RegressionNorms,
  calibration: Calibration,
  {
    shift,
    people,
    hasErrors,
    icvError,
  }: { shift: number; people: number; hasErrors: boolean; icvError: number },
  random: () => number,
): SimulatedShare {
  const { whole } = calibration
  const asked = { ...norms, calibrations: [calibration] }
  const fifth = quantileOf(0.05)
  let [flagged, covered, sides, theory, notCompared] = [0, 0, 0, 0, 0]
  const errorOf = (standard: number) => (hasErrors ? standard * drawNormal(random) : 0)
  while (sides < 2 * people) {
    const sex = random() < 0.5 ? 'F' : 'M'
    const ageYears = 20 + 70 * random()
    const icvMm3 = (sex === 'F' ? 1.42e6 : 1.6e6) + 0.12e6 * drawNormal(random)
    const person = { ageYears, sex, intracranialVolumeMm3: icvMm3, fieldStrength: 3 } as const
    const measuredIcv = icvMm3 * (1 + errorOf(icvError))
    const range = norms.intracranialVolumeMm3
    if (
      Math.min(icvMm3, measuredIcv) < range.minimum ||
      Math.max(icvMm3, measuredIcv) > range.maximum
    )
      continue
    if (findEndOfNorms(norms, person) !== undefined) continue
    const trueZ = [shift + drawNormal(random), shift + drawNormal(random)] as const
    const site = errorOf(whole.siteScatter)
    const calibrationError = errorOf(1)
    const errorAt = (side: 'left' | 'right') =>
      ratioErrorAt(calibration, whole, { ...person, side })
    const volumes = (['left', 'right'] as const).map((side, index) => {
      const expected = calibrateDistribution(
        expectVolume(norms, side, person)!,
        calibration,
        whole,
        { ...person, side },
      )
      const factor =
        1 + site + calibrationError * errorAt(side) + errorOf(calibration.scanDeviation)
      const totalMm3 = expected.volumeAt(trueZ[index]!) * factor
      return { side, totalMm3, anteriorMm3: totalMm3 / 2, posteriorMm3: totalMm3 / 2 }
    })
    const found = compareWithNorms(asked, {
      volumes,
      ageYears,
      sex,
      intracranialVolume: { mm3: measuredIcv, standardErrorMm3: icvError * measuredIcv },
      fieldStrength: 3,
      model: { name: calibration.model, version: calibration.from },
    })
    if (!found.compared) {
      // A few are outside the norms because of their errors; if nobody could be compared, this
      // would never end.
      if (++notCompared > people + sides) throw new Error(found.sentence)
      continue
    }
    for (const [index, one] of found.sides.entries()) {
      sides += 1
      flagged += Number(one.percentile.value < 5)
      const { low, high } = one.zScore
      covered += Number(low <= trueZ[index]! && trueZ[index]! <= high)
      const widened = hasErrors
        ? Math.hypot(1, ...Object.values(one.errors).map((mm3) => mm3 / one.standardDeviationMm3))
        : 1
      theory += shareBelow((fifth - shift) / widened)
    }
  }
  return { flagged: flagged / sides, theory: theory / sides, covered: covered / sides, people }
}
