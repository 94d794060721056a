import type { CalibrationPerson } from '../../src/measurement/norms/calibration-person.ts'
import { expectVolume } from '../../src/measurement/norms/expected-volume.ts'
import { drawNormal } from '../../src/measurement/norms/fit-calibration.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { plainNorms } from '../support/calibrated-norms.ts'

/** What a cohort is drawn with; unless said as the norms say, at one site. */
export interface CohortTruth {
  readonly site?: string
  readonly group?: string
  readonly count: number
  readonly seed: number
  readonly ratio?: number
  readonly right?: number
  readonly agePerYear?: number
  readonly spread?: number
  /** Added to every z-score. */
  readonly shift?: number
  readonly ages?: readonly [number, number]
  /** z-scores by FreeSurfer are kept, and the model differs from it by this part of a volume. */
  readonly differs?: number
}

/** People whose volumes follow the norms, times a ratio at 50 years; anterior 55 %. */
export function makeCohort(truth: CohortTruth): CalibrationPerson[] {
  const { site = 'A', group = '', count, seed, ratio = 0.8, right = 0, agePerYear = 0 } = truth
  const { spread = 1, shift = 0, ages = [20, 75], differs } = truth
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, index): CalibrationPerson => {
    const sex = index % 2 === 0 ? 'F' : 'M'
    const ageYears = ages[0] + (ages[1] - ages[0]) * random()
    const icvMm3 = (sex === 'F' ? 1_420_000 : 1_580_000) + 100_000 * drawNormal(random)
    const shared = drawNormal(random)
    const draw = (side: 'left' | 'right') => {
      const person = { ageYears, sex, intracranialVolumeMm3: icvMm3 } as const
      const expected = expectVolume(plainNorms, side, person)!
      // The sides of a person go together: correlation 0.8.
      const z = shift + Math.sqrt(0.8) * shared + Math.sqrt(0.2) * drawNormal(random)
      const half = side === 'right' ? 0.5 : -0.5
      const scale = ratio * Math.exp(right * half + agePerYear * (ageYears - 50))
      const theirs = expected.volumeAt(z)
      const totalMm3 =
        differs === undefined
          ? scale * expected.volumeAt(z * spread)
          : scale * theirs * (1 + differs * drawNormal(random))
      return {
        theirs,
        ours: { totalMm3, anteriorMm3: 0.55 * totalMm3, posteriorMm3: 0.45 * totalMm3 },
      }
    }
    const [left, second] = [draw('left'), draw('right')]
    return {
      id: `${site}${index}`,
      site,
      group,
      ageYears,
      sex,
      icvMm3,
      fieldStrength: 3,
      left: left.ours,
      right: second.ours,
      ...(differs !== undefined && {
        reference: { leftMm3: left.theirs, rightMm3: second.theirs, etivMm3: icvMm3 },
      }),
    }
  })
}
