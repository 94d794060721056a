import { calibrateDistribution } from '../../src/measurement/norms/calibrate-distribution.ts'
import type { Calibration } from '../../src/measurement/norms/calibration.ts'
import { expectVolume } from '../../src/measurement/norms/expected-volume.ts'
import type { RegressionNorms } from '../../src/measurement/norms/norms.ts'
import { findEndOfNorms } from '../../src/measurement/norms/where-norms-end.ts'

/** Four women and four men of 30 to 90 years, for manual calculation. */
export const eightPeople = [
  ['F', 30, 1_400_000],
  ['F', 50, 1_300_000],
  ['F', 70, 1_500_000],
  ['F', 90, 1_350_000],
  ['M', 30, 1_600_000],
  ['M', 50, 1_700_000],
  ['M', 70, 1_500_000],
  ['M', 90, 1_900_000],
] as const

/** Lines of a table: their expected volume and 5th percentile, mm3; or why not. */
export function tabulateEight(norms: RegressionNorms, calibration: Calibration): string[][] {
  return eightPeople.map(([sex, ageYears, mm3]) => {
    const person = { sex, ageYears, intracranialVolumeMm3: mm3, fieldStrength: 3 }
    const name = `${sex} ${ageYears} years, ${(mm3 / 1e6).toFixed(2)} litres`
    const end = findEndOfNorms(norms, person)
    if (end !== undefined) return [name, 'none', 'none', 'none', 'none']
    const cells = (['left', 'right'] as const).flatMap((side) => {
      const theirs = expectVolume(norms, side, person)!
      const ours = calibrateDistribution(theirs, calibration, calibration.whole, {
        ...person,
        side,
      })
      return [ours.medianMm3.toFixed(0), ours.volumeAt(-1.644854).toFixed(0)]
    })
    return [name, ...cells]
  })
}

export const eightHeader = ['person', 'left', 'its 5th', 'right', 'its 5th']
