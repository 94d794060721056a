import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planModelGrid, toModelGrid, toSourceGrid } from '../../src/inference/model-grid.ts'
import { normalizeIntensities } from '../../src/inference/normalize-intensities.ts'
import { planPatches } from '../../src/inference/patches.ts'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import {
  findAxisOrder,
  type Orientation,
  reorderGrid,
  reorderValues,
} from '../../src/volume/axis-order.ts'
import type { Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

interface PythonsCrop {
  /** Along right, anterior, superior, as everything here. */
  readonly size: Vector3
  readonly spacing: Vector3
  readonly modelSize: Vector3
  readonly padded: Vector3
  readonly low: Vector3
  /** Index (superior fastest) and value, of some voxels. */
  readonly normalized: readonly (readonly [number, number])[]
  /** Index (right fastest) and value. */
  readonly restored: readonly (readonly [number, number])[]
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const crops = JSON.parse(readFileSync(path('./parity-fixture.json'), 'utf8')) as PythonsCrop[]

const rule = {
  kind: 'percentile-zscore',
  lowerPercentile: 0.5,
  upperPercentile: 99.5,
  foreground: 'nonzero',
} as const

/** The formula of parity-fixture.py on a grid whose axes grow to the right, front and top. */
function drawPattern(size: Vector3, spacing: Vector3): Volume {
  const [columns, rows, slices] = size
  const intensities = new Float32Array(columns * rows * slices)
  for (let index = 0; index < intensities.length; index++) {
    const x = index % columns
    const y = Math.floor(index / columns) % rows
    const z = Math.floor(index / (columns * rows))
    const dark = (x + 2 * y + 3 * z) % 11 === 0
    intensities[index] = dark ? 0 : 50 + ((x * 7 + y * 13 + z * 29 + x * y) % 211)
  }
  const affine = [-spacing[0], 0, 0, 0, 0, -spacing[1], 0, 0, 0, 0, spacing[2], 0, 0, 0, 0, 1]
  return { dimensions: size, affine, intensities }
}

describe.each(crops)('a crop of $size voxels of $spacing mm is treated as in training', (crop) => {
  const volume = drawPattern(crop.size, crop.spacing)
  const plan = planModelGrid(volume)

  it('is resampled and normalised in the same way', () => {
    expect(plan.model.dimensions).toEqual(crop.modelSize.toReversed())
    const normalized = normalizeIntensities(toModelGrid(volume, plan), rule)
    for (const [index, value] of crop.normalized) expect(normalized[index]).toBeCloseTo(value, 4)
  })

  it('is padded in the same way', () => {
    const patch: Vector3 = [40, 56, 40]
    const input = { patch, multiple: 8, dynamic: true }
    const planned = planPatches(plan.model.dimensions, input)
    expect(planned.patch).toEqual(crop.padded.toReversed())
    expect(planned.starts).toEqual([crop.low.toReversed().map((low) => (low > 0 ? -low : 0))])
  })

  it('is mapped back to its voxels in the same way', () => {
    const [right, anterior, superior] = crop.modelSize
    const field = Float32Array.from({ length: right * anterior * superior }, (_, index) => {
      const s = index % superior
      const a = Math.floor(index / superior) % anterior
      const r = Math.floor(index / (superior * anterior))
      return Math.sin(0.3 * (r + 0.7 * a + 0.4 * s))
    })
    const back = toSourceGrid(field, plan)
    expect(back).toHaveLength(volume.intensities.length)
    for (const [index, value] of crop.restored) expect(back[index]).toBeCloseTo(value, 5)
  })
})

const axes = [
  ['L', 'R'],
  ['P', 'A'],
  ['S', 'I'],
] as const
const permutations = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const

/** All 48 ways in which the axes of a volume may run in the patient. */
const orientations = permutations.flatMap((order) =>
  Array.from({ length: 8 }, (_, flips) => {
    const along = (i: 0 | 1 | 2) => axes[order[i]][(flips >> i) & 1]!
    return [along(0), along(1), along(2)] as Orientation
  }),
)

describe('a segmenter', () => {
  let gradient: Segmenter
  beforeAll(async () => {
    const manifestPath = path('./fixtures/gradient.json')
    gradient = await createSegmenter({ manifestPath, threads: 1 })
  })
  afterAll(() => gradient?.close())

  const bumpy = ([x, y, z]: Vector3) =>
    500 + 90 * Math.sin(x / 4 + y / 9) + 60 * Math.cos(y / 5 - z / 7) + ((x * 3 + y + z) % 5)
  const labelAs = (grid: Grid, side: 'left' | 'right') => {
    const intensities = paint(grid, bumpy).intensities
    return (orientation: Orientation) => {
      const order = findAxisOrder(grid.affine, orientation)
      const volume: Volume = {
        ...reorderGrid(grid, order),
        intensities: reorderValues(intensities, grid.dimensions, order),
      }
      return { order, result: gradient.segment(volume, { side }) }
    }
  }

  it.each<[string, 'left' | 'right', Vector3, Vector3, Vector3]>([
    ['1 mm', 'left', [24, 33, 22], [1, 1, 1], [0, 0, 0]],
    ['oblique', 'left', [24, 33, 22], [1, 1, 1], [14, -8, 11]],
    ['coarse and uneven', 'right', [22, 30, 18], [1.3, 0.7, 2], [0, 0, 0]],
  ])(
    'finds the same voxels in a %s %s crop, whichever of 48 ways its axes run',
    async (...crop) => {
      const [, side, dimensions, spacing, degrees] = crop
      const label = labelAs(makeGrid(dimensions, spacing, degrees), side)
      const expected = (await label(['L', 'P', 'S']).result).labelMap.labels
      expect(new Set(expected)).toEqual(new Set([0, 1, 2]))
      for (const orientation of orientations) {
        const { order, result } = label(orientation)
        const { labels } = (await result).labelMap
        expect(labels, orientation.join('')).toEqual(reorderValues(expected, dimensions, order))
      }
    },
  )

  it('labels crops of 20 to 96 voxels a side, fine or coarse', async () => {
    for (const [dimensions, spacing] of [
      [
        [20, 20, 20],
        [1, 1, 1],
      ],
      [
        [96, 96, 96],
        [1, 1, 1],
      ],
      [
        [20, 96, 57],
        [1, 1, 1],
      ],
      [
        [96, 30, 20],
        [0.7, 0.7, 1],
      ],
      [
        [48, 60, 44],
        [1.3, 1.3, 1.3],
      ],
      [
        [20, 32, 24],
        [2, 2, 2],
      ],
    ] as [Vector3, Vector3][]) {
      const grid = makeGrid(dimensions, spacing)
      const { labelMap } = await gradient.segment(paint(grid, bumpy), { side: 'left' })
      expect(labelMap.dimensions).toEqual(dimensions)
      expect(new Set(labelMap.labels)).toEqual(new Set([0, 1, 2]))
    }
  })
})
