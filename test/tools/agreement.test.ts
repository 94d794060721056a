import { describe, expect, it } from 'vitest'
import { guessKind } from '../../src/commands/segment-image.ts'
import { correlate, intraclass } from '../../tools/evaluate/heads/agreement.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

describe('agreement of two methods', () => {
  // Shrout and Fleiss 1979, table 2, judges 1 and 2.
  const one = [9, 6, 8, 7, 10, 6]
  const other = [2, 1, 4, 1, 5, 2]

  it('matches the formulas', () => {
    expect(correlate(one, one)).toBeCloseTo(1, 12)
    expect(intraclass(one, one)).toBeCloseTo(1, 12)
    expect(correlate(one, other)).toBeCloseTo(0.7451, 3)
  })

  it('falls with an offset that a correlation ignores', () => {
    const shifted = one.map((value) => value + 5)
    expect(correlate(one, shifted)).toBeCloseTo(1, 12)
    expect(intraclass(one, shifted)).toBeLessThan(0.3)
  })
})

describe('what an image shows by its size', () => {
  it('is a crop under 100 mm on every side, whatever its voxels', () => {
    const kindOf = (size: [number, number, number], mm: [number, number, number]) =>
      guessKind(paint(makeGrid(size, mm), () => 0))
    expect(kindOf([36, 50, 36], [1, 1, 1])).toBe('crop')
    expect(kindOf([99, 20, 20], [1, 1, 1])).toBe('crop')
    expect(kindOf([120, 60, 60], [0.5, 0.5, 0.5])).toBe('crop')
    expect(kindOf([60, 20, 20], [1, 1, 5])).toBe('head')
    expect(kindOf([101, 20, 20], [1, 1, 1])).toBe('head')
  })
})
