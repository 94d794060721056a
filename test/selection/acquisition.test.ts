import { describe, expect, it } from 'vitest'
import {
  explainDifference,
  nameAcquisition,
  readAcquisition,
} from '../../src/selection/acquisition.ts'
import { makeFacts } from './make-facts.ts'

const scanner = {
  manufacturer: 'SIEMENS',
  manufacturerModelName: 'Skyra',
  magneticFieldStrength: 3,
  pixelSpacing: [1, 1] as const,
  sliceThickness: 1,
}
const read = (change: Parameters<typeof makeFacts>[0] = {}, ...others: (typeof change)[]) => {
  const [chosen, ...siblings] = [change, ...others].map((one, index) =>
    makeFacts({ seriesNumber: index + 1, ...scanner, ...one }),
  )
  return readAcquisition(chosen!, [chosen!, ...siblings])
}

describe('how a series was made', () => {
  it('is described in words', () => {
    expect(nameAcquisition(read())).toBe('SIEMENS Skyra, 3 T, 1 x 1 x 1 mm')
  })

  it('is taken from the other series if a crop does not state it', () => {
    const silent = { manufacturer: undefined, manufacturerModelName: undefined }
    expect(read(silent, {}).model).toBe('Skyra')
    expect(read(silent, {}, { manufacturerModelName: 'Prisma' }).model).toBeUndefined()
  })

  it('uses the spacing of slices from their positions, not their thickness', () => {
    const instances = Array.from({ length: 40 }, (_, i) => ({
      sopInstanceUid: `1.${i}`,
      orthancInstanceId: undefined,
      revision: '1',
      imagePositions: [[0, 0, 1.2 * i] as const],
    }))
    const facts = { instances, imageOrientationPatient: [1, 0, 0, 0, 1, 0] }
    expect(read(facts).voxelMm![2]).toBeCloseTo(1.2, 9)
  })
})

describe('two acquisitions', () => {
  it('can be compared on the same kind of scanner at the same resolution', () => {
    expect(explainDifference(read(), read())).toBeUndefined()
    const spelled = { manufacturer: 'Siemens', magneticFieldStrength: 2.89362 }
    expect(explainDifference(read(), read(spelled))).toBeUndefined()
    expect(explainDifference(read(), read({ pixelSpacing: [1.01, 0.99] }))).toBeUndefined()
    const turned = { pixelSpacing: [1, 1.2] as const, sliceThickness: 1 }
    const upright = { pixelSpacing: [1, 1] as const, sliceThickness: 1.2 }
    expect(explainDifference(read(turned), read(upright))).toBeUndefined()
  })

  it.each([
    ['manufacturer', { manufacturer: 'Philips' }, /another manufacturer/],
    ['model', { manufacturerModelName: 'Prisma' }, /another model/],
    ['field strength', { magneticFieldStrength: 1.5 }, /1\.5 T, this study at 3 T/],
    ['resolution in the plane', { pixelSpacing: [0.9, 0.9] as const }, /different resolution/],
    ['slice thickness', { sliceThickness: 1.2 }, /1 x 1 x 1\.2 mm, this study 1 x 1 x 1 mm/],
    ['unknown scanner', { manufacturerModelName: undefined }, /do not state/],
    ['unknown resolution', { pixelSpacing: undefined }, /do not state/],
  ])('cannot be compared across another %s', (_, change, words) => {
    expect(explainDifference(read(), read(change))).toMatch(words)
  })

  it('of another field strength is not comparable, whichever came first', () => {
    const at = (magneticFieldStrength: number) => read({ magneticFieldStrength })
    expect(explainDifference(at(3), at(1.5))).toBe('It was made at 1.5 T, this study at 3 T.')
    expect(explainDifference(at(1.5), at(3))).toBe('It was made at 3 T, this study at 1.5 T.')
    expect(explainDifference(at(3), at(2.89362))).toBeUndefined()
    expect(explainDifference(at(2.89362), at(3))).toBeUndefined()
  })
})
