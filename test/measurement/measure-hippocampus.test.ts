import { describe, expect, it } from 'vitest'
import {
  measureHippocampus,
  requireHippocampus,
} from '../../src/measurement/measure-hippocampus.ts'
import { makeGrid } from '../volume/phantom.ts'

describe('measureHippocampus', () => {
  it('multiplies voxels by the volume of an oblique, anisotropic voxel', () => {
    const grid = makeGrid([10, 10, 10], [0.5, 0.8, 1.5], [20, 30, 40])
    const labels = new Uint8Array(1000).fill(1, 0, 300).fill(2, 300, 500)
    const volumes = measureHippocampus({ ...grid, labels }, 'left')
    expect(volumes.side).toBe('left')
    expect(volumes.anteriorMm3).toBeCloseTo(300 * 0.6, 9)
    expect(volumes.posteriorMm3).toBeCloseTo(200 * 0.6, 9)
    expect(volumes.totalMm3).toBeCloseTo(500 * 0.6, 9)
  })

  it('measures a left-handed grid as positive', () => {
    const grid = makeGrid([1, 1, 2], [-1, 1, 2])
    const volumes = measureHippocampus({ ...grid, labels: Uint8Array.of(1, 2) }, 'unknown')
    expect(volumes).toEqual({ side: 'unknown', anteriorMm3: 2, posteriorMm3: 2, totalMm3: 4 })
  })
})

describe('requireHippocampus', () => {
  const volumes = (anteriorMm3: number, posteriorMm3: number) =>
    ({ side: 'left', anteriorMm3, posteriorMm3, totalMm3: anteriorMm3 + posteriorMm3 }) as const

  it.each<[number, number, string]>([
    [0, 0, 'No hippocampus was found in the series. Nothing was measured.'],
    [140, 159, 'only 299 mm³ look like one'],
    [1500, 0, 'its posterior part is missing'],
    [0, 1500, 'its anterior part is missing'],
  ])('refuses %d mm3 anterior and %d mm3 posterior', (anterior, posterior, words) => {
    expect(() => requireHippocampus(volumes(anterior, posterior))).toThrow(
      expect.objectContaining({
        code: 'HIPPOCAMPUS_NOT_FOUND',
        stage: 'measure',
        message: expect.stringContaining(words),
      }),
    )
  })

  it('accepts an atrophied hippocampus', () => {
    expect(() => requireHippocampus(volumes(600, 400))).not.toThrow()
  })
})
