import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CropSide } from '../../src/inference/segment-volume.ts'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import { findAxisOrder, type Orientation, reorderGrid } from '../../src/volume/axis-order.ts'
import type { Grid, Vector3 } from '../../src/volume/grid.ts'
import { voxelToPatient, voxelVolumeOf } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.json`, import.meta.url))

/** A bright core (posterior for the threshold network) in a grey shell (anterior), off centre. */
const core: Vector3 = [3, -2, 1]
function classAt([x, y, z]: Vector3): 0 | 1 | 2 {
  const distance = Math.hypot(x - core[0], y - core[1], z - core[2])
  return distance < 8 ? 2 : distance < 12 ? 1 : 0
}
const intensityAt = (point: Vector3) => [100, 200, 500][classAt(point)]!

/** A grid around the origin of the patient frame. */
function centred(dimensions: Vector3, spacing: Vector3, degrees: Vector3): Grid {
  const grid = makeGrid(dimensions, spacing, degrees)
  const middle = voxelToPatient(grid.affine, toVector3(dimensions.map((n) => (n - 1) / 2)))
  return makeGrid(dimensions, spacing, degrees, [-middle[0], -middle[1], -middle[2]])
}

function overlap(labels: Uint8Array, expected: ArrayLike<number>, label: number): number {
  let both = 0
  let sum = 0
  labels.forEach((value, i) => {
    if (value === label) sum++
    if (expected[i] === label) sum++
    if (value === label && expected[i] === label) both++
  })
  return (2 * both) / sum
}

describe('a segmenter', () => {
  let threshold: Segmenter
  let gradient: Segmenter
  let fixed: Segmenter
  beforeAll(async () => {
    const start = (name: string) => createSegmenter({ manifestPath: fixture(name), threads: 1 })
    ;[threshold, gradient, fixed] = await Promise.all([
      start('threshold'),
      start('gradient'),
      start('fixed'),
    ])
  })
  afterAll(() => Promise.all([threshold, gradient, fixed].map((segmenter) => segmenter?.close())))

  it.each<Orientation>([
    ['L', 'P', 'S'],
    ['R', 'A', 'S'],
    ['P', 'I', 'L'],
    ['A', 'S', 'R'],
    ['L', 'I', 'A'],
  ])('labels a 1 mm crop with axes %s%s%s voxel for voxel', async (...orientation) => {
    const upright = centred([41, 51, 36], [1, 1, 1], [0, 0, 0])
    const grid = reorderGrid(upright, findAxisOrder(upright.affine, orientation))
    const { labelMap, confidence } = await threshold.segment(paint(grid, intensityAt), {
      side: 'unknown',
    })
    expect(labelMap.dimensions).toEqual(grid.dimensions)
    expect(labelMap.affine).toEqual(grid.affine)
    expect(labelMap.labels).toEqual(Uint8Array.from(paint(grid, classAt).intensities))
    expect(confidence.expectedDice).toBeGreaterThan(0.99)
    expect(confidence).toMatchObject({ isLow: false, clearedVoxels: 0 })
  })

  it.each<[string, Vector3, Vector3, Vector3]>([
    ['fine', [80, 90, 70], [0.6, 0.55, 0.6], [0, 0, 0]],
    ['oblique', [41, 51, 36], [1, 1, 1], [25, -20, 15]],
    ['anisotropic oblique', [50, 60, 31], [0.8, 0.8, 1.4], [-15, 20, 10]],
  ])('labels a %s crop on its own grid, with the right volume', async (_, size, mm, degrees) => {
    const grid = centred(size, mm, degrees)
    const { labelMap } = await threshold.segment(paint(grid, intensityAt), { side: 'left' })
    const expected = paint(grid, classAt).intensities
    const whole = (labels: ArrayLike<number>) => Uint8Array.from(labels, (label) => (label ? 1 : 0))
    expect(overlap(whole(labelMap.labels), whole(expected), 1)).toBeGreaterThan(0.96)
    expect(overlap(labelMap.labels, expected, 2)).toBeGreaterThan(0.88)
    const mm3 = labelMap.labels.filter(Boolean).length * voxelVolumeOf(grid.affine)
    expect(mm3 / ((4 / 3) * Math.PI * 12 ** 3)).toBeCloseTo(1, 1)
  })

  it('labels a crop larger than the patch of a fixed model as a dynamic one does', async () => {
    const volume = paint(centred([41, 51, 36], [1, 1, 1], [0, 0, 0]), intensityAt)
    const one = await threshold.segment(volume, { side: 'left' })
    const tiled = await fixed.segment(volume, { side: 'left' })
    expect(tiled.labelMap.labels).toEqual(one.labelMap.labels)
    expect(tiled.confidence.expectedDice).toBeCloseTo(one.confidence.expectedDice ?? 0, 5)
  })

  it('clears everything not connected with the largest body', async () => {
    const volume = paint(centred([41, 51, 36], [1, 1, 1], [0, 0, 0]), intensityAt)
    volume.intensities[0] = 500
    const { labelMap, confidence } = await threshold.segment(volume, { side: 'left' })
    expect(labelMap.labels[0]).toBe(0)
    expect(confidence.clearedVoxels).toBe(1)
  })

  const towards: Record<string, (point: Vector3) => number> = {
    left: ([x]) => 500 + x,
    right: ([x]) => 500 - x,
    anterior: ([, y]) => 500 - y,
  }
  it.each<[string, CropSide, number]>([
    ['right', 'left', 1],
    ['right', 'unknown', 1],
    ['right', 'right', 0],
    ['left', 'left', 0],
    ['left', 'right', 1],
    ['anterior', 'left', 2],
    ['anterior', 'right', 2],
  ])(
    'shows the model intensities growing to the %s of a %s crop as label %d',
    async (direction, side, label) => {
      const upright = centred([40, 40, 40], [1, 1, 1], [0, 0, 0])
      const sagittal = reorderGrid(upright, findAxisOrder(upright.affine, ['P', 'I', 'L']))
      for (const grid of [upright, sagittal, centred([30, 50, 34], [1.2, 0.8, 1], [8, 5, -3])]) {
        const { labelMap } = await gradient.segment(paint(grid, towards[direction]!), { side })
        const [columns, rows, slices] = grid.dimensions
        const middle =
          Math.floor(columns / 2) + columns * (Math.floor(rows / 2) + rows * Math.floor(slices / 2))
        expect(labelMap.labels[middle]).toBe(label)
      }
    },
  )

  it('does not detach the given intensities', async () => {
    const volume = paint(centred([41, 51, 36], [1, 1, 1], [0, 0, 0]), intensityAt)
    await threshold.segment(volume, { side: 'right' })
    expect(volume.intensities.length).toBe(41 * 51 * 36)
    expect(volume.intensities[0]).toBe(100)
  })

  it('keeps the event loop free while it works', async () => {
    const volume = paint(makeGrid([96, 96, 96]), ([x, y, z]) => (x * 7 + y * 13 + z * 29) % 211)
    let ticks = 0
    const ticking = setInterval(() => ticks++, 5)
    const begun = performance.now()
    await threshold.segment(volume, { side: 'right' })
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan((performance.now() - begun) / 5 / 4)
  })

  it.each<[string, number]>([
    ['INTENSITIES_CONSTANT', 100],
    ['PIXEL_DATA_INVALID', Number.NaN],
  ])('rejects with %s a crop of nothing but %d', async (code, intensity) => {
    const volume = paint(makeGrid([40, 50, 40]), () => intensity)
    await expect(threshold.segment(volume, { side: 'left' })).rejects.toMatchObject({ code })
  })

  it('rejects a whole head', async () => {
    const volume = paint(makeGrid([100, 110, 120]), ([x]) => x)
    await expect(threshold.segment(volume, { side: 'left' })).rejects.toMatchObject({
      code: 'CROP_UNSUITABLE',
      retryable: false,
    })
  })
})
