import { describe, expect, it } from 'vitest'
import { partOfBrain } from '../../src/measuring/part-of-brain.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

describe('the middle of the brain', () => {
  it('is a cube of 96 mm around the middle between both hippocampi', () => {
    const head = paint(makeGrid([128, 128, 128]), () => 1)
    const centers = { left: [90.3, 60.3, 64.3], right: [38.3, 60.3, 64.3] } as const
    const part = partOfBrain(head, { centers })!
    expect(part.grid.dimensions).toEqual([96, 96, 96])
    expect(part.start).toEqual([17, 13, 17])
  })
})
