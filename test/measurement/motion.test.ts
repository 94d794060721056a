import { describe, expect, it } from 'vitest'
import { checkMotion } from '../../src/measurement/quality/check-motion.ts'
import { estimateRipple } from '../../src/measurement/quality/estimate-ripple.ts'
import { addBias, addNoise } from '../../tools/gate-study/degrade.ts'
import { drawMotion } from '../../tools/gate-study/list-motions.ts'
import { moveHead } from '../../tools/gate-study/move-head.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { makeTexturedHead } from '../support/moving-phantom.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const head = makeTexturedHead()

describe('a head that moves while it is scanned', () => {
  it('stays as it is where all lines come from one pose', () => {
    const motion = { ...drawMotion('sudden', 1, 0.3, 3, seededRandom(1)), poseAt: () => 0 }
    const still = moveHead(head, motion)
    let farthest = 0
    still.intensities.forEach((value, voxel) => {
      farthest = Math.max(farthest, Math.abs(value - head.intensities[voxel]!))
    })
    expect(farthest).toBeLessThan(0.01)
  })

  it('is the moved head where all lines come from another pose', () => {
    const shifted = moveHead(head, {
      name: 'three voxels',
      axis: 1,
      poses: [{ degrees: [0, 0, 0], mm: [0, 4.5, 0] }],
      poseAt: () => 1,
    })
    const [columns, rows] = head.dimensions
    const at = (j: number) => 50 + columns * (j + rows * 50)
    for (const j of [30, 45, 60]) {
      expect(shifted.intensities[at(j)]).toBeCloseTo(head.intensities[at(j + 3)]!, 1)
    }
  })

  it('is the same again for the same seed', () => {
    const move = () => moveHead(head, drawMotion('random', 2, 0.3, 3, seededRandom(5)))
    expect(move().intensities).toEqual(move().intensities)
  })
})

describe('traces of motion', () => {
  const warns = (volume: typeof head) => checkMotion(estimateRipple(volume)).verdict === 'warning'

  it('are not seen in a head that lay still, with noise or coil shading', () => {
    expect(warns(head)).toBe(false)
    expect(warns(addNoise(head, 0.05, seededRandom(2)))).toBe(false)
    expect(warns(addNoise(head, 0.15, seededRandom(2)))).toBe(false)
    expect(warns(addBias(head, 0.4))).toBe(false)
  })

  it.each(['sudden', 'periodic', 'random'] as const)('are seen after %s motion', (pattern) => {
    for (const axis of [0, 1, 2] as const) {
      expect(warns(moveHead(head, drawMotion(pattern, axis, 0.3, 3, seededRandom(3))))).toBe(true)
    }
  })

  it('are not looked for where there is no tissue', () => {
    const grid = makeGrid([20, 20, 20])
    expect(estimateRipple(paint(grid, () => 0))).toBeUndefined()
    expect(checkMotion(undefined)).toMatchObject({ verdict: 'measured', check: 'MOTION' })
  })

  it('warn in a sentence that says what to do, and never reject', () => {
    const finding = checkMotion({ likeness: -0.5, strength: 0.3 })
    expect(finding.verdict).toBe('warning')
    expect(finding.sentence).toMatch(/patient moved.*check the outlines/)
  })
})
