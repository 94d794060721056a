import { describe, expect, it } from 'vitest'
import { expectVolume } from '../../src/measurement/norms/expected-volume.ts'
import { plainNorms } from '../support/calibrated-norms.ts'

const center = plainNorms.intracranialVolumeCenterMm3
const medianAt = (fieldStrength: number | undefined, intracranialVolumeMm3 = center + 200_000) =>
  expectVolume(plainNorms, 'left', {
    ageYears: 60,
    sex: 'F',
    intracranialVolumeMm3,
    fieldStrength,
  })!.medianMm3

describe('the field strength in the norms', () => {
  it('changes the slope with the size of the head at 1.5 T', () => {
    const { icvLowField } = plainNorms.sides.left
    expect(icvLowField).not.toBe(0)
    expect(medianAt(1.5) - medianAt(3)).toBeCloseTo(200_000 * icvLowField, 6)
    expect(medianAt(1.5, center)).toBeCloseTo(medianAt(3, center), 9)
  })

  it('counts as 3 T if unknown, and as high from 2 T', () => {
    expect(medianAt(undefined)).toBe(medianAt(3))
    expect(medianAt(2)).toBe(medianAt(3))
    expect(medianAt(7)).toBe(medianAt(3))
    expect(medianAt(1.99)).toBe(medianAt(1.5))
  })
})
