import { describe, expect, it } from 'vitest'
import { encodeMasks } from '../../src/results/seg/encode-masks.ts'

/** Label 1 on the first voxel of each slice, label 2 on the last. */
const paintLabels = (frameVoxels: number, slices: number) => {
  const labels = new Uint8Array(frameVoxels * slices)
  for (let slice = 0; slice < slices; slice++) {
    labels[slice * frameVoxels] = 1
    labels[(slice + 1) * frameVoxels - 1] = 2
  }
  return labels
}
const frames = (count: number) => Array.from({ length: count }, (_, slice) => ({ label: 1, slice }))

describe('the pixel data of a segmentation', () => {
  it('has one bit per voxel, the first in the least significant bit', () => {
    const { type, pixelData } = encodeMasks(paintLabels(16, 2), 16, [
      { label: 1, slice: 0 },
      { label: 2, slice: 1 },
    ])
    expect(type).toBe('BINARY')
    expect([...pixelData]).toEqual([1, 0, 0, 128])
  })

  it.each([
    ['frames that do not fill whole bytes', 12, 4],
    ['frames that need a pad byte together', 8, 3],
    ['one frame of three bytes', 24, 1],
  ])('has eight bits per voxel for %s', (_, frameVoxels, count) => {
    const { type, pixelData } = encodeMasks(
      paintLabels(frameVoxels, count),
      frameVoxels,
      frames(count),
    )
    expect(type).toBe('FRACTIONAL')
    expect(pixelData).toHaveLength(frameVoxels * count)
    expect([...pixelData].map((value, voxel) => (value === 255 ? voxel : -1))).toEqual(
      [...pixelData].map((_, voxel) => (voxel % frameVoxels === 0 ? voxel : -1)),
    )
  })

  it.each([
    [8, 2],
    [16, 1],
    [24, 2],
  ])('is BINARY for frames of %i voxels, %i of them', (frameVoxels, count) => {
    const { type } = encodeMasks(paintLabels(frameVoxels, count), frameVoxels, frames(count))
    expect(type).toBe('BINARY')
  })
})
