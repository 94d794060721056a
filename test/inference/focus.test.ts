import { describe, expect, it } from 'vitest'
import { boxAround, cutBox, placeBox } from '../../src/inference/focus.ts'
import type { ModelManifest } from '../../src/inference/model-manifest.ts'
import { segmentVolume } from '../../src/inference/segment-volume.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const grid: Vector3 = [7, 6, 5]
const indexOf = ([x, y, z]: Vector3) => x + 7 * (y + 6 * z)

describe('looking again in a box', () => {
  it('centres the box on the result', () => {
    const labels = new Uint8Array(7 * 6 * 5)
    labels[indexOf([2, 1, 1])] = 1
    labels[indexOf([4, 3, 3])] = 2
    expect(boxAround(labels, grid, [3, 3, 3])).toEqual({ start: [2, 1, 1], size: [3, 3, 3] })
  })

  it('keeps the box within the grid', () => {
    const labels = new Uint8Array(7 * 6 * 5)
    labels[indexOf([6, 0, 2])] = 1
    expect(boxAround(labels, grid, [4, 4, 9])).toEqual({ start: [3, 0, 0], size: [4, 4, 5] })
  })

  it('has no box without a result', () => {
    expect(boxAround(new Uint8Array(7 * 6 * 5), grid, [3, 3, 3])).toBeUndefined()
  })

  it('inverts its cropping', () => {
    const values = Float32Array.from({ length: 7 * 6 * 5 }, (_, index) => index + 1)
    const box = { start: [1, 2, 3] as Vector3, size: [4, 3, 2] as Vector3 }
    const cut = cutBox(values, grid, box)
    expect(cut[0]).toBe(values[indexOf([1, 2, 3])])
    expect(cut.at(-1)).toBe(values[indexOf([4, 4, 4])])
    const placed = placeBox(cut, grid, box, -1)
    expect(placed[indexOf([1, 2, 3])]).toBe(values[indexOf([1, 2, 3])])
    expect(placed.filter((value) => value === -1)).toHaveLength(7 * 6 * 5 - 24)
  })
})

describe('a crop wider than those of training', () => {
  const looks: number[][] = []
  const manifest = {
    input: {
      patch: [24, 24, 24],
      multiple: 8,
      dynamic: true,
      focus: { beyond: [40, 40, 40], box: [24, 24, 24] },
    },
    normalization: {
      kind: 'percentile-zscore',
      lowerPercentile: 0,
      upperPercentile: 100,
      foreground: 'all',
    },
    labels: [
      { value: 0, name: 'background' },
      { value: 1, name: 'anterior' },
    ],
  } as unknown as ModelManifest

  /** Calls bright what is brighter than the mean of what it is shown. */
  async function run({ data, dims }: { data: Float32Array; dims: readonly number[] }) {
    looks.push(dims.slice(2))
    const logits = new Float32Array(2 * data.length)
    for (let i = 0; i < data.length; i++) logits[data.length + i] = data[i]! > 1 ? 20 : -20
    return { data: logits, dims: [1, 2, ...dims.slice(2)] }
  }

  it('is segmented in its middle, then in a box that follows the result', async () => {
    const volume = paint(makeGrid([60, 60, 60]), ([x, y, z]) =>
      Math.hypot(x - 42, y - 30, z - 30) < 6 ? 100 : 0,
    )
    const { labels } = await segmentVolume(volume, 'left', manifest, run)
    expect(looks[0]).toEqual([64, 64, 64])
    expect(looks.slice(1)).toEqual([
      [24, 24, 24],
      [24, 24, 24],
      [24, 24, 24],
    ])
    expect(labels.filter((label) => label === 1)).toHaveLength(
      volume.intensities.filter((value) => value === 100).length,
    )
  })

  it('is segmented once if it is no wider than the largest of training', async () => {
    looks.length = 0
    const volume = paint(makeGrid([40, 40, 40]), ([x, y, z]) =>
      Math.hypot(x - 20, y - 20, z - 20) < 6 ? 100 : 0,
    )
    await segmentVolume(volume, 'left', manifest, run)
    expect(looks).toEqual([[40, 40, 40]])
  })
})
