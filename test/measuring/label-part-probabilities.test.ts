import { describe, expect, it } from 'vitest'
import { bringToPart, clearProbabilities } from '../../src/measuring/label-part.ts'
import { makeGrid } from '../volume/phantom.ts'

describe('the probabilities of a box', () => {
  it('are background outside the box', () => {
    const box = makeGrid([2, 2, 2])
    const part = { start: [0, 0, 0] as const, grid: makeGrid([6, 2, 2]) }
    const [background, label] = bringToPart(
      [new Float32Array(8).fill(0.25), new Float32Array(8).fill(0.75)],
      box,
      part,
    )
    expect([background![0], label![0]]).toEqual([0.25, 0.75])
    expect([background![5], label![5]]).toEqual([1, 0])
  })

  it('are background for cleared voxels', () => {
    const probabilities = [Float32Array.of(0.1, 0.1), Float32Array.of(0.9, 0.9)]
    const [background, label] = clearProbabilities(probabilities, (voxel) => voxel === 1)
    expect([...background!]).toEqual([...Float32Array.of(0.1, 1)])
    expect([...label!]).toEqual([...Float32Array.of(0.9, 0)])
  })
})
