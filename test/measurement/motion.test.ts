import { describe, expect, it } from 'vitest'
import { checkMotion } from '../../src/measurement/quality/check-motion.ts'
import { estimateNoise } from '../../src/measurement/quality/estimate-noise.ts'
import { estimateRipple } from '../../src/measurement/quality/estimate-ripple.ts'
import { drawMotion } from '../../tools/gate-study/list-motions.ts'
import { moveHead } from '../../tools/gate-study/move-head.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { addBias, addNoise } from '../../tools/spoil-head/degrade.ts'
import { makeTexturedHead } from '../support/moving-phantom.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const head = makeTexturedHead()

describe('a head that moves while it is scanned', () => {
  it('is unchanged if all lines come from one pose', () => {
    const motion = { ...drawMotion('sudden', 1, 0.3, 3, seededRandom(1)), poseAt: () => 0 }
    const still = moveHead(head, motion)
    let farthest = 0
    still.intensities.forEach((value, voxel) => {
      farthest = Math.max(farthest, Math.abs(value - head.intensities[voxel]!))
    })
    expect(farthest).toBeLessThan(0.01)
  })

  it('is the moved head if all lines come from another pose', () => {
    const shifted = moveHead(head, {
      name: 'two voxels',
      axis: 1,
      poses: [{ degrees: [0, 0, 0], mm: [0, 4, 0] }],
      poseAt: () => 1,
    })
    const [columns, rows] = head.dimensions
    const at = (j: number) => 37 + columns * (j + rows * 37)
    for (const j of [22, 37, 50]) {
      expect(shifted.intensities[at(j)]).toBeCloseTo(head.intensities[at(j + 2)]!, 1)
    }
  })

  it('is deterministic for a seed', () => {
    const coarse = makeTexturedHead(4)
    const move = () => {
      const { intensities } = moveHead(coarse, drawMotion('random', 2, 0.3, 3, seededRandom(5)))
      return Buffer.from(intensities.buffer)
    }
    expect(move().equals(move())).toBe(true)
  })
})

describe('traces of motion', () => {
  const judge = (volume: typeof head) =>
    checkMotion(estimateRipple(volume), estimateNoise(volume)).verdict

  it('are not found in a still head, with noise or coil shading', () => {
    expect(judge(head)).toBe('measured')
    expect(judge(addNoise(head, 0.02, seededRandom(2)))).toBe('measured')
    expect(judge(addNoise(head, 0.2, seededRandom(2)))).toBe('measured')
    expect(judge(addBias(head, 0.4))).toBe('measured')
  })

  it.each([
    ['random', 0, 0.4, 6],
    ['random', 1, 0.3, 3],
    ['random', 2, 0.4, 6],
    ['periodic', 1, 0.4, 8],
  ] as const)('are found after %s motion, encoded along axis %d', (pattern, axis, share, size) => {
    const moved = moveHead(head, drawMotion(pattern, axis, share, size, seededRandom(3)))
    expect(judge(moved)).toBe('warning')
  })

  it('are not measured without tissue', () => {
    const grid = makeGrid([20, 20, 20])
    expect(estimateRipple(paint(grid, () => 0))).toBeUndefined()
    expect(checkMotion(undefined, 0)).toMatchObject({ verdict: 'measured', check: 'MOTION' })
  })

  it('are not measured in noise, which destroys any correlation', () => {
    const ripple = { likeness: -0.5, strength: 0.02 }
    expect(checkMotion(ripple, 0.02).verdict).toBe('warning')
    expect(checkMotion(ripple, 0.12)).toMatchObject({ verdict: 'measured' })
  })

  it('cause a warning with advice, and never a rejection', () => {
    const finding = checkMotion({ likeness: -0.5, strength: 0.3 }, 0.02)
    expect(finding.verdict).toBe('warning')
    expect(finding.sentence).toMatch(/patient moved.*check the outlines/)
  })
})
