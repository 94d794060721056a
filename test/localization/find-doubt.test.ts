import { describe, expect, it } from 'vitest'
import { findDoubt } from '../../src/localization/find-doubt.ts'
import { rotationAbout } from '../../src/localization/pose.ts'

const upright = [1, 0, 0, 0, 1, 0, 0, 0, 1]
const good = {
  pose: { matrix: upright, position: [0, 0, 0] as const },
  score: 0.8,
  tissueScore: 0.6,
  blurredTissueScore: 0.8,
  coverage: 1,
  fewValues: 0.1,
}
const shaped = (matrix: readonly number[]) => ({ pose: { ...good.pose, matrix } })
const doubtOf = (changes: object, mm3 = 1_450_000) => findDoubt({ ...good, ...changes }, mm3)

describe('a registration', () => {
  it('is accepted if everything fits, whatever the rotation and size of the head', () => {
    expect(doubtOf({})).toBeUndefined()
    expect(doubtOf(shaped(rotationAbout([0.6, 0, 0])))).toBeUndefined()
    expect(doubtOf(shaped(upright.map((value) => 1.2 * value)))).toBeUndefined()
  })

  it.each([
    ['unlike', { score: 0.59 }, { score: 0.61 }],
    ['coverage', { coverage: 0.49 }, { coverage: 0.51 }],
    ['map', { fewValues: 0.61 }, { fewValues: 0.59 }],
    [
      'contrast',
      { tissueScore: 0.34, blurredTissueScore: 0.56 },
      { tissueScore: 0.36, blurredTissueScore: 0.56 },
    ],
    [
      'contrast',
      { tissueScore: 0.28, blurredTissueScore: 0.56 },
      { tissueScore: 0.28, blurredTissueScore: 0.58 },
    ],
    ['shape', shaped([1.6, 0, 0, 0, 1, 0, 0, 0, 1]), shaped([1.4, 0, 0, 0, 1, 0, 0, 0, 1])],
  ])('is doubted as "%s" beyond the limit and not before it', (doubt, beyond, within) => {
    expect(doubtOf(beyond)).toBe(doubt)
    expect(doubtOf(within)).toBeUndefined()
  })

  it.each([
    [690_000, 'size'],
    [710_000, undefined],
    [2_590_000, undefined],
    [2_610_000, 'size'],
  ])('that gives an intracranial volume of %i mm3 has the doubt %s', (mm3, doubt) => {
    expect(doubtOf({}, mm3)).toBe(doubt)
  })
})
