import { describe, expect, it } from 'vitest'
import { intracranialVolumeVersion } from '../../src/measurement/intracranial-volume-version.ts'
import { calibrateSite } from '../../src/measurement/norms/calibrate-site.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { calibratedModel, calibratedNorms } from '../support/calibrated-norms.ts'
import { type Line, makeTables } from './make-cohort.ts'

const calibrate = ({ people, results }: { people: Line[]; results: Line[] }) =>
  calibrateSite({
    people,
    results,
    norms: calibratedNorms,
    model: calibratedModel,
    icvVersion: intracranialVolumeVersion,
    scanDeviation: 0.012,
    site: 'Hospital A',
    random: seededRandom(1),
    draws: 60,
  })

describe("a site's own norms", () => {
  it('have the level of its own people, and no error between sites', () => {
    const { calibration, notes } = calibrate(makeTables())
    expect(Math.abs(calibration.whole.ratio / 0.83 - 1)).toBeLessThan(0.03)
    expect(calibration.whole.siteScatter).toBe(0)
    expect(calibration).toMatchObject({ people: 40, sites: 1, from: '1.4.0', below: '1.5.0' })
    expect(notes).toEqual([])
  })

  it('exclude unsuitable people, and report it', () => {
    const tables = makeTables()
    tables.people[0]!.group = 'dementia'
    tables.results[1]!.verdict = 'rejected'
    tables.results.splice(2, 1)
    const { calibration, notes } = calibrate(tables)
    expect(calibration.people).toBe(37)
    expect(notes).toEqual([
      'Left out, without results: A2.',
      'Left out, not healthy by the column group: A0.',
      'Left out, rejected by the quality gates: A1.',
    ])
  })

  it('can be made from fewer people measured with FreeSurfer', () => {
    const { calibration } = calibrate(
      makeTables({ count: 14, ratio: 0.77, differs: 0.02, shift: -2 }),
    )
    expect(Math.abs(calibration.whole.ratio / 0.77 - 1)).toBeLessThan(0.015)
    expect(calibration.basis).toMatch(/whom FreeSurfer and this model measured/)
  })

  it('use the change with age of the shipped norms, for their ages', () => {
    const { calibration, notes } = calibrate(makeTables({ ages: [25, 35] }))
    expect(notes.join(' ')).toMatch(/change of volumes with age is taken from the shipped norms/)
    expect(calibration.agesOfSlope).toEqual({ minimum: 20, maximum: 75 })
    expect(calibration.ages.maximum).toBeLessThanOrEqual(35)
    expect(calibration.whole.agePerYear).toBeCloseTo(-0.001, 3)
  })

  const alter = (change: (tables: { people: Line[]; results: Line[] }) => void, truth = {}) => {
    const tables = makeTables(truth)
    change(tables)
    return tables
  }
  it.each([
    ['ten people', makeTables({ count: 10 }), /10 healthy people can be used; at least 20/],
    [
      'one sex',
      alter(({ people, results }) => {
        for (const line of [...people, ...results]) line.sex = 'F'
      }),
      /0 of them are men/,
    ],
    [
      'an age that is none',
      alter(({ people }) => {
        people[3]!.age = 'old'
      }),
      /The age of A3 is missing, not a number of years/,
    ],
    [
      'a child',
      alter(({ people, results }) => {
        people[3]!.age = results[3]!.age = '9'
      }),
      /The age of A3 .*not within the 18 to 100/,
    ],
    [
      'no sex',
      alter(({ people }) => {
        people[3]!.sex = '?'
      }),
      /The sex of A3 is neither/,
    ],
    [
      'ids that do not fit',
      alter(({ people }) => {
        for (const line of people) line.id = `x${line.id}`
      }),
      /people lacks A0, A1, A2, A3, A4 and 35 more/,
    ],
    [
      'an id twice',
      alter(({ people }) => {
        people[1]!.id = 'A0'
      }),
      /people contains A0 more than once/,
    ],
    [
      'mixed up ids',
      alter(({ people }) => {
        const [first, second] = [people[0]!.id!, people[3]!.id!]
        people[0]!.id = second
        people[3]!.id = first
      }),
      /are the ids mixed up/,
    ],
    [
      'crops',
      alter(({ results }) => {
        results[0]!.icv_mm3 = ''
      }),
      /A0 lack a volume or the intracranial volume/,
    ],
    ['ill people', makeTables({ shift: -2.5 }), /smaller than those of healthy people elsewhere/],
    ['a mixture', makeTables({ spread: 2.4 }), /scatter .* times as much/],
  ] as const)('refuse %s, with a sentence', (_, tables, sentence) => {
    expect(() => calibrate(tables)).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        message: expect.stringMatching(sentence),
      }),
    )
  })
})
