import { describe, expect, it } from 'vitest'
import { tiltToTraining } from '../../src/localization/training-pose.ts'
import { dot, lengthOf, scale } from '../../src/volume/vector3.ts'

const axes = { right: [-1, 0, 0], anterior: [0, -1, 0], superior: [0, 0, 1] } as const
const radians = (degrees: number) => (degrees * Math.PI) / 180

describe('the axes of training', () => {
  it('turn a descent of 37 degrees towards the front into 24', () => {
    const tilted = tiltToTraining(axes)
    const alongFront = scale(axes.anterior, Math.cos(radians(37)))
    const down = scale(axes.superior, -Math.sin(radians(37)))
    const long = [
      alongFront[0] + down[0],
      alongFront[1] + down[1],
      alongFront[2] + down[2],
    ] as const
    expect(dot(long, tilted.superior)).toBeCloseTo(-Math.sin(radians(24)), 9)
    expect(dot(long, tilted.anterior)).toBeCloseTo(Math.cos(radians(24)), 9)
  })

  it('stay of unit length and at right angles, and the one to the right stays', () => {
    const { right, anterior, superior } = tiltToTraining(axes)
    expect(right).toEqual(axes.right)
    expect(lengthOf(anterior)).toBeCloseTo(1, 12)
    expect(lengthOf(superior)).toBeCloseTo(1, 12)
    expect(dot(anterior, superior)).toBeCloseTo(0, 12)
  })
})
