import type { CalibrationPerson } from '../../src/measurement/norms/calibration-person.ts'
import { drawNormal } from '../../src/measurement/norms/draw-anew.ts'
import { expectVolume } from '../../src/measurement/norms/expected-volume.ts'
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

/** A line of a table, by the names of its columns. */
export type Line = Record<string, string>

/** Tables of people and of results, as a site has them. */
export function makeTables(truth: Partial<CohortTruth> = {}): { people: Line[]; results: Line[] } {
  const cohort = makeCohort({ count: 40, seed: 1, ratio: 0.83, spread: 0.9, ...truth })
  const sideOf = (side: 'left' | 'right', volumes: (typeof cohort)[number]['left']) => ({
    [`${side}_mm3`]: String(volumes.totalMm3),
    [`${side}_anterior_mm3`]: String(volumes.anteriorMm3),
    [`${side}_posterior_mm3`]: String(volumes.posteriorMm3),
  })
  return {
    people: cohort.map(({ id, ageYears, sex, reference }) => ({
      id,
      age: ageYears.toFixed(1),
      sex,
      ...(reference && {
        freesurfer_left_mm3: String(reference.leftMm3),
        freesurfer_right_mm3: String(reference.rightMm3),
        freesurfer_etiv_mm3: String(reference.etivMm3),
      }),
    })),
    results: cohort.map((one) => ({
      id: one.id,
      age: one.ageYears.toFixed(1),
      sex: one.sex,
      ...sideOf('left', one.left),
      ...sideOf('right', one.right),
      icv_mm3: String(one.icvMm3),
      verdict: 'measured',
    })),
  }
}
