import { describe, expect, it } from 'vitest'
import { bringToPart, clearProbabilities, labelPart } from '../../src/measuring/label-part.ts'
import { mergeLooks } from '../../src/measuring/merge-looks.ts'
import type { Grid, Vector3 } from '../../src/volume/grid.ts'
import { partWithin } from '../../src/volume/part-of-grid.ts'
import { voxelVolumeOf } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const box = makeGrid([36, 50, 36], [1, 1, 1], [7, -4, 9])
/** A lying ellipsoid with a soft edge of about two voxels, its front half of another label. */
function softEllipsoid(grid: Grid): Float32Array[] {
  const centre: Vector3 = [20, 20, 24]
  const foreground = paint(grid, ([x, y, z]) => {
    const r = Math.hypot((x - centre[0]) / 7, (y - centre[1]) / 16, (z - centre[2]) / 6)
    return 1 / (1 + Math.exp((r - 1) * 7))
  }).intensities
  const isFront = paint(grid, ([, y]) => (y < centre[1] ? 1 : 0)).intensities
  return [
    foreground.map((p) => 1 - p),
    foreground.map((p, i) => p * isFront[i]!),
    foreground.map((p, i) => p * (1 - isFront[i]!)),
  ]
}
const probabilities = softEllipsoid(box)
const count = (labels: Uint8Array) => labels.filter((label) => label > 0).length
const exactMm3 = probabilities[0]!.filter((value) => value < 0.5).length

describe("labelling a head's own voxels", () => {
  it.each<[string, Vector3, Vector3]>([
    ['1 mm', [1, 1, 1], [0, 0, 0]],
    ['1.3 mm', [1.3, 1.3, 1.3], [12, 3, -8]],
    ['2 mm', [2, 2, 2], [5, -10, 0]],
    ['0.6 mm and slices of 1.5', [0.6, 0.6, 1.5], [0, 20, 0]],
  ])('keeps the volume of the mask on a grid of %s', (_, mm, degrees) => {
    const size = toVector3(mm.map((side) => Math.ceil(90 / side)))
    const head = makeGrid(size, mm, degrees, [-25, -20, -20])
    const part = partWithin(head, box)!
    const labels = labelPart(bringToPart(probabilities, box, part), part)
    const mm3 = voxelVolumeOf(head.affine)
    expect(Math.abs((count(labels) * mm3) / exactMm3 - 1)).toBeLessThan(0.04)
    const front = labels.filter((label) => label === 1).length
    expect(front / count(labels)).toBeGreaterThan(0.44)
    expect(front / count(labels)).toBeLessThan(0.56)
  })

  it('keeps one piece', () => {
    const part = { start: [0, 0, 0] as const, grid: makeGrid([5, 1, 1]) }
    const background = Float32Array.from([0.1, 0.2, 0.9, 0.3, 0.8])
    const labels = labelPart([background, background.map((value) => 1 - value)], part)
    expect([...labels]).toEqual([1, 1, 0, 0, 0])
  })

  it('sets cleared voxels of the mask to background', () => {
    const cleared = clearProbabilities(probabilities, (voxel) => voxel === 5)
    expect(cleared.map((values) => values[5])).toEqual([1, 0, 0])
    expect(cleared[1]![6]).toBe(probabilities[1]![6])
  })
})

describe('merging both sides', () => {
  const head = makeGrid([4, 1, 1])
  const part = { start: [0, 0, 0] as const, grid: head }
  const look = (side: 'left' | 'right', labels: number[], background: number[]) => ({
    side,
    part,
    labels: Uint8Array.from(labels),
    probabilities: [Float32Array.from(background)],
  })

  it('gives each side its own labels, and a disputed voxel to the more probable side', () => {
    const left = look('left', [1, 2, 1, 0], [0.1, 0.1, 0.4, 0.9])
    const right = look('right', [0, 1, 2, 2], [0.9, 0.3, 0.2, 0.1])
    const wanted = [1, 2, 4, 4]
    expect([...mergeLooks(head, [left, right]).labels]).toEqual(wanted)
    expect([...mergeLooks(head, [right, left]).labels]).toEqual(wanted)
  })
})
