import { describe, expect, it } from 'vitest'
import { asymmetryIndex, measureAsymmetry } from '../../src/measurement/asymmetry.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'

const volumes = (side: 'left' | 'right', anteriorMm3: number, posteriorMm3: number) => ({
  side,
  anteriorMm3,
  posteriorMm3,
  totalMm3: anteriorMm3 + posteriorMm3,
})

describe('the asymmetry of two hippocampi', () => {
  it('is left minus right over their mean, negative where the left one is smaller', () => {
    expect(asymmetryIndex(3000, 3200)).toBeCloseTo((100 * -200) / 3100, 9)
    expect(asymmetryIndex(3200, 3000)).toBeCloseTo((100 * 200) / 3100, 9)
    expect(asymmetryIndex(0, 0)).toBe(0)
  })

  it("is given for the whole and both parts, with the norms' expectation", () => {
    const both = [volumes('right', 1700, 1500), volumes('left', 1500, 1500)]
    const expected = { left: 3100, right: 3200 }
    const asymmetry = measureAsymmetry(both, builtinNorms.asymmetry, expected)!
    expect(asymmetry.indexPercent).toBeCloseTo(-6.45, 2)
    expect(asymmetry.anteriorPercent).toBeCloseTo(-12.5, 2)
    expect(asymmetry.posteriorPercent).toBe(0)
    expect(asymmetry.expectedPercent).toBeCloseTo(-3.17, 2)
    expect(asymmetry.isUsual).toBe(true)
  })

  it('is unusual beyond the narrowest limit of the reference', () => {
    const both = [volumes('left', 1500, 1200), volumes('right', 1700, 1500)]
    expect(measureAsymmetry(both, builtinNorms.asymmetry)!.isUsual).toBe(false)
    expect(measureAsymmetry(both)!.isUsual).toBeUndefined()
  })

  it('is unknown if only one side was measured', () => {
    expect(measureAsymmetry([volumes('left', 1500, 1500)])).toBeUndefined()
  })
})
