import { describe, expect, it } from 'vitest'
import { resampleCubic } from '../../src/volume/resample-cubic.ts'
import { resampleVolume } from '../../tools/spoil-head/resample-volume.ts'
import { makeGrid, paint } from './phantom.ts'

const grid = makeGrid([20, 24, 22], [1, 1.2, 0.9], [10, -5, 20], [3, -7, 9])
/** Half a voxel beside the grid's own centres, where a linear interpolation blurs most. */
const between = makeGrid([17, 18, 17], [1, 1.2, 0.9], [10, -5, 20], [4.4, -5.2, 10.6])

describe('cubic resampling', () => {
  it('is the identity on the same grid', () => {
    const volume = paint(grid, ([x, y, z]) => Math.sin(x) + 2 * Math.cos(y) + z)
    const again = resampleCubic(volume, grid)
    again.intensities.forEach((value, index) => {
      expect(value).toBeCloseTo(volume.intensities[index]!, 4)
    })
  })

  it('follows a ramp exactly', () => {
    const ramp = ([x, y, z]: readonly [number, number, number]) => 3 * x - 2 * y + z
    const sampled = resampleCubic(paint(grid, ramp), between)
    const expected = paint(between, ramp)
    let inside = 0
    sampled.intensities.forEach((value, index) => {
      if (value === 0) return
      inside++
      expect(Math.abs(value - expected.intensities[index]!)).toBeLessThan(1.5)
    })
    expect(inside).toBeGreaterThan(1000)
  })

  it('keeps more detail than linear resampling', () => {
    const fine = ([x, y, z]: readonly [number, number, number]) =>
      100 + 10 * Math.sin(1.3 * x) * Math.cos(1.1 * y) * Math.cos(1.2 * z)
    const volume = paint(grid, fine)
    const truth = paint(between, fine).intensities
    const error = (values: Float32Array) =>
      values.reduce((sum, value, i) => (value === 0 ? sum : sum + (value - truth[i]!) ** 2), 0)
    const cubic = error(resampleCubic(volume, between).intensities)
    const linear = error(resampleVolume(volume, between).intensities)
    expect(cubic).toBeLessThan(0.6 * linear)
  })

  it('never overshoots the surrounding voxels, so that zeros stay zeros', () => {
    const edge = paint(grid, ([x]) => (x > 12 ? 1000 : 0))
    const sampled = resampleCubic(edge, between).intensities
    expect(Math.min(...sampled)).toBe(0)
    expect(Math.max(...sampled)).toBe(1000)
    expect(sampled.filter((value) => value === 0).length).toBeGreaterThan(500)
  })

  it('is 0 outside the volume', () => {
    const volume = paint(grid, () => 7)
    const far = makeGrid([3, 3, 3], [1, 1, 1], [0, 0, 0], [500, 0, 0])
    expect([...resampleCubic(volume, far).intensities]).toEqual(new Array(27).fill(0))
  })
})
