import { describe, expect, it } from 'vitest'
import { nameOrientation, orientAffine, parseOrientation } from '../../src/nifti/orientation.ts'
import { orientationOf } from '../../src/volume/axis-order.ts'

const bare = [-1, 0, 0, 0, 0, -2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1]

describe('an orientation in three letters', () => {
  it.each(['RAS', 'LAS', 'psr', 'ail'])('%s orients the axes accordingly', (text) => {
    const affine = orientAffine(bare, parseOrientation(text))
    expect(nameOrientation(orientationOf(affine))).toBe(text.toUpperCase())
    const sizes = [0, 1, 2].map((axis) =>
      Math.hypot(...[0, 4, 8].map((row) => affine[row + axis]!)),
    )
    expect(sizes).toEqual([1, 2, 3])
  })

  it.each(['RA', 'RASL', 'RLS', 'XYZ', ''])('refuses "%s" with a sentence', (text) => {
    expect(() => parseOrientation(text)).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('three letters'),
      }),
    )
  })
})
