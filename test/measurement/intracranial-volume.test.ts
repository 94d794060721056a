import { expect, it } from 'vitest'
import {
  rateIntracranialVolume,
  toFreeSurferScale,
} from '../../src/measurement/intracranial-volume.ts'

it('states the standard error of the head size', () => {
  const { mm3, standardErrorMm3 } = rateIntracranialVolume(1_400_000)
  expect(mm3).toBe(1_400_000)
  expect(standardErrorMm3).toBeGreaterThan(30_000)
  expect(standardErrorMm3).toBeLessThan(80_000)
})

it("gives it on FreeSurfer's scale, larger and less certain", () => {
  const ours = rateIntracranialVolume(1_424_000)
  const theirs = toFreeSurferScale(ours)
  // The mean of NOMIS's people for that of IXI's.
  expect(theirs.mm3 / 1_523_161).toBeCloseTo(1, 2)
  expect(theirs.standardErrorMm3 / theirs.mm3).toBeGreaterThan(ours.standardErrorMm3 / ours.mm3)
})
