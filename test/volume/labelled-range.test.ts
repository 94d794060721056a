import { describe, expect, it } from 'vitest'
import { findLabelledRange } from '../../src/volume/labelled-range.ts'

describe('the range of labelled voxels', () => {
  const labels = Uint8Array.of(0, 0, 3, 1, 0, 2, 1, 0, 4)

  it('covers all voxels of the given labels', () => {
    expect(findLabelledRange(labels, [1, 2])).toEqual({ first: 3, end: 7 })
    expect(findLabelledRange(labels, [4])).toEqual({ first: 8, end: 9 })
  })
  it('ignores an absent label', () => {
    expect(findLabelledRange(labels, [9, 2])).toEqual({ first: 5, end: 6 })
  })
  it('is empty without labels', () => {
    expect(findLabelledRange(labels, [9])).toEqual({ first: 0, end: 0 })
    expect(findLabelledRange(labels, [])).toEqual({ first: 0, end: 0 })
  })
})
