import { describe, expect, it } from 'vitest'
import { chooseLevels } from '../../src/report/hippocampus-views.ts'
import { measureRise, turnToLongAxis } from '../../src/report/long-axis.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { paint } from '../volume/phantom.ts'
import { cropRegions, gridAround, makeReportInput } from './make-report-input.ts'

const middle: Vector3 = [20, -10, 5]
const size: Vector3 = [40, 60, 60]

/** A rod of 36 x 8 x 8 mm that rises by `degrees` towards the back, its front half anterior, on voxels of any steps. */
function makeRod(degrees: number, steps: readonly [Vector3, Vector3, Vector3]) {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const grid = gridAround(size, steps, middle)
  const labelAt = ([x, y, z]: Vector3) => {
    const [back, up] = [y - middle[1], z - middle[2]]
    const along = cos * back + sin * up
    const across = cos * up - sin * back
    const isInside = Math.abs(along) < 18 && Math.abs(across) < 4 && Math.abs(x - middle[0]) < 4
    return isInside ? (along < 0 ? 1 : 2) : 0
  }
  const volume = paint(grid, (point) => (labelAt(point) > 0 ? 300 : 100))
  return {
    volume,
    labelMap: { ...grid, labels: Uint8Array.from(paint(grid, labelAt).intensities) },
  }
}

const plain: readonly [Vector3, Vector3, Vector3] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
]
/** Rows to the back and columns to the feet, as a sagittal series has them. */
const sagittal: readonly [Vector3, Vector3, Vector3] = [
  [0, 1, 0],
  [0, 0, -1],
  [1, 0, 0],
]

describe('the long axis of the hippocampi', () => {
  it.each([
    ['axial', plain],
    ['sagittal', sagittal],
  ])('rises as the rod does, on an %s grid', (_, steps) => {
    for (const degrees of [-20, 0, 35]) {
      const rise = measureRise(makeRod(degrees, steps).labelMap, [1, 2])
      expect((rise * 180) / Math.PI).toBeCloseTo(degrees, 0)
    }
  })

  it('is level if nothing is labelled or the shape is implausibly steep', () => {
    const { labelMap } = makeRod(75, plain)
    expect(measureRise(labelMap, [1, 2])).toBe(0)
    expect(measureRise(labelMap, [9])).toBe(0)
  })

  it('gives cuts at right angles to the rod: 8 x 8 mm, however steep it is', () => {
    const input = makeReportInput({ ...makeRod(35, plain), regions: cropRegions })
    const turned = turnToLongAxis(input, [[1, 2]])
    const { views } = chooseLevels({ ...input, ...turned, labels: [1, 2] }, 1)
    expect(turned.degrees).toBeCloseTo(35, 0)
    const [head, body] = views.map(({ slice }) => {
      const area = (share: Float32Array) =>
        share.reduce((sum, part) => sum + part, 0) * slice.acrossStep * slice.downStep
      return slice.shares.map(area)
    })
    expect(head![0]! / 64).toBeCloseTo(1, 0.5)
    expect(head![1]).toBeLessThan(6)
    expect(body![1]! / 64).toBeCloseTo(1, 0.5)
    expect(body![0]).toBeLessThan(6)
  })
})
