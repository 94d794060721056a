import { describe, expect, it } from 'vitest'
import {
  findAxisOrder,
  invertAxisOrder,
  type Orientation,
  orientationOf,
  reorderGrid,
  reorderValues,
} from '../../src/volume/axis-order.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { mirrorValues } from '../../src/volume/mirror.ts'
import {
  chainAffines,
  determinantOf,
  invertAffine,
  normalOf,
  spacingOf,
  voxelToPatient,
  voxelVolumeOf,
} from '../../src/volume/patient-affine.ts'
import { resampleLabels, resampleVolume } from '../../tools/spoil-head/resample-volume.ts'
import { makeGrid, paint } from './phantom.ts'

const linear = ([x, y, z]: Vector3) => 100 + 2 * x - 3 * y + 0.5 * z
const oblique = makeGrid([9, 11, 7], [0.7, 1.1, 1.9], [12, -25, 40], [5, -60, 33])

describe('the affine', () => {
  it('has an inverse', () => {
    chainAffines(oblique.affine, invertAffine(oblique.affine)).forEach((value, i) => {
      expect(value).toBeCloseTo(i % 5 === 0 ? 1 : 0, 12)
    })
  })

  it('gives spacing, normal and voxel volume', () => {
    spacingOf(oblique.affine).forEach((s, i) => {
      expect(s).toBeCloseTo([0.7, 1.1, 1.9][i]!, 12)
    })
    expect(voxelVolumeOf(oblique.affine)).toBeCloseTo(0.7 * 1.1 * 1.9, 12)
    expect(normalOf(makeGrid([1, 1, 1], [2, 3, 4]).affine)).toEqual([0, 0, 1])
  })

  it('refuses to invert a flat grid', () => {
    expect(() => invertAffine(makeGrid([2, 2, 2], [1, 1, 0]).affine)).toThrow(
      expect.objectContaining({ code: 'GEOMETRY_INVALID' }),
    )
  })
})

describe('axis orders', () => {
  it('names the orientation of axial, sagittal and oblique grids', () => {
    expect(orientationOf(makeGrid([1, 1, 1]).affine)).toEqual(['L', 'P', 'S'])
    const sagittal = [0, 0, 1, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1]
    expect(orientationOf(sagittal)).toEqual(['P', 'I', 'L'])
    expect(orientationOf(makeGrid([1, 1, 1], [1, 1, 1], [10, 170, 20]).affine)).toEqual([
      'R',
      'P',
      'I',
    ])
  })

  const wanted: Orientation[] = [
    ['R', 'A', 'S'],
    ['S', 'A', 'R'],
    ['P', 'I', 'L'],
    ['A', 'L', 'I'],
  ]
  it.each(wanted)('rearranges to %s%s%s without moving a voxel in the patient', (...target) => {
    const volume = paint(oblique, linear)
    const order = findAxisOrder(volume.affine, target as unknown as Orientation)
    const grid = reorderGrid(volume, order)
    expect(orientationOf(grid.affine)).toEqual(target)
    const expected = paint(grid, linear).intensities
    reorderValues(volume.intensities, volume.dimensions, order).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 3)
    })
  })

  it.each(wanted)('is restored from %s%s%s bit for bit', (...target) => {
    const volume = paint(oblique, linear)
    const order = findAxisOrder(volume.affine, target as unknown as Orientation)
    const grid = reorderGrid(volume, order)
    const there = reorderValues(volume.intensities, volume.dimensions, order)
    const back = reorderValues(there, grid.dimensions, invertAxisOrder(order))
    expect(back).toEqual(volume.intensities)
    expect(reorderGrid(grid, invertAxisOrder(order)).dimensions).toEqual(volume.dimensions)
  })
})

describe('mirroring', () => {
  it('reverses one axis and is its own inverse', () => {
    const values = Float32Array.from({ length: 24 }, (_, i) => i)
    const mirrored = mirrorValues(values, [2, 3, 4], 2)
    expect([...mirrored.slice(0, 6)]).toEqual([18, 19, 20, 21, 22, 23])
    expect([...mirrorValues(values, [2, 3, 4], 0).slice(0, 4)]).toEqual([1, 0, 3, 2])
    expect(mirrorValues(mirrored, [2, 3, 4], 2)).toEqual(values)
  })
})

describe('resampling', () => {
  it('reproduces a linear field exactly inside, on any other grid', () => {
    const volume = paint(makeGrid([20, 20, 20], [1, 1.2, 0.9], [5, 6, 7], [-10, -10, -10]), linear)
    const centre = voxelToPatient(volume.affine, [9.5, 9.5, 9.5])
    const target = makeGrid([6, 5, 4], [0.8, 0.8, 0.8], [30, 0, -20], centre)
    const expected = paint(target, linear).intensities
    resampleVolume(volume, target).intensities.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 3)
    })
  })

  it('extends the edge by half a voxel and is zero beyond', () => {
    const volume = { ...makeGrid([2, 1, 1]), intensities: Float32Array.of(10, 20) }
    const along = (x: number) =>
      resampleVolume(volume, makeGrid([1, 1, 1], [1, 1, 1], [0, 0, 0], [x, 0, 0])).intensities[0]
    expect([-0.6, -0.5, 0, 0.25, 1, 1.5, 1.6].map(along)).toEqual([0, 10, 10, 12.5, 20, 20, 0])
  })

  it('keeps the volume of a ball of labels on a finer, turned grid', () => {
    const inBall = ([x, y, z]: Vector3) => (Math.hypot(x - 3, y + 2, z - 1) < 9 ? 1 : 0)
    const grid = makeGrid([30, 30, 30], [1, 1, 1], [0, 0, 0], [-12, -17, -14])
    const labelMap = { ...grid, labels: Uint8Array.from(paint(grid, inBall).intensities) }
    const target = makeGrid([60, 60, 60], [0.6, 0.6, 0.6], [10, 20, 30], [0, 0, 0])
    const centred = { ...target, affine: [...target.affine] }
    const offset = voxelToPatient(target.affine, [29.5, 29.5, 29.5])
    ;[3, -2, 1].forEach((c, i) => {
      centred.affine[4 * i + 3] = c - offset[i]!
    })
    const mm3 = (labels: Uint8Array, affine: readonly number[]) =>
      labels.reduce((a, b) => a + b) * Math.abs(determinantOf(affine))
    const resampled = resampleLabels(labelMap, centred)
    const ratio = mm3(resampled.labels, centred.affine) / mm3(labelMap.labels, labelMap.affine)
    expect(ratio).toBeGreaterThan(0.99)
    expect(ratio).toBeLessThan(1.01)
  })
})
