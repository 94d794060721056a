import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import { findAxisOrder, reorderGrid, reorderValues } from '../../src/volume/axis-order.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { mirrorValues } from '../../src/volume/mirror.ts'

const manifestPath = resolve(import.meta.dirname, '../../models/hippocampus.json')
const shared = process.env.HIPPO_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data')
const crops = join(shared, 'hippocampus')
const absent = !existsSync(manifestPath)
  ? ' (skipped: models/hippocampus.json is absent)'
  : !existsSync(crops)
    ? ' (skipped: the optional folder shared/data is absent)'
    : ''

interface Crop {
  readonly volume: Volume
  readonly truth: Uint8Array
}

/** Every thirtieth crop with a label on its own grid; the set holds some without. */
function readCrops(): Crop[] {
  const names = readdirSync(join(crops, 'images')).sort()
  return names
    .filter((name, i) => i % 30 === 0 && existsSync(join(crops, 'labels', name)))
    .map((name) => {
      const read = (folder: string) => readNifti(readFileSync(join(crops, folder, name))).volume
      return { volume: read('images'), truth: Uint8Array.from(read('labels').intensities) }
    })
    .filter(({ volume, truth }) => volume.intensities.length === truth.length)
}

function dice(a: Uint8Array, b: Uint8Array): number {
  let both = 0
  let sum = 0
  a.forEach((label, i) => {
    sum += (label > 0 ? 1 : 0) + (b[i]! > 0 ? 1 : 0)
    both += label > 0 && b[i]! > 0 ? 1 : 0
  })
  return (2 * both) / sum
}

describe.skipIf(absent !== '')(`the shipped model${absent}`, () => {
  let segmenter: Segmenter
  let cases: Crop[]
  beforeAll(async () => {
    segmenter = await createSegmenter({ manifestPath, threads: 2 })
    cases = readCrops()
  })
  afterAll(() => segmenter?.close())

  it('agrees with manual tracings, and its confidence, if any, is approximately right', async () => {
    const found = []
    for (const { volume, truth } of cases) {
      const { labelMap, confidence } = await segmenter.segment(volume, { side: 'left' })
      const { totalMm3 } = measureHippocampus(labelMap, 'left')
      found.push({ dice: dice(labelMap.labels, truth), confidence, totalMm3 })
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length
    expect(found.length).toBeGreaterThan(3)
    expect(mean(found.map((f) => f.dice))).toBeGreaterThan(0.87)
    expect(Math.min(...found.map((f) => f.dice))).toBeGreaterThan(0.8)
    const overrated = found.map((f) => (f.confidence.expectedDice ?? f.dice) - f.dice)
    expect(Math.abs(mean(overrated))).toBeLessThan(0.06)
  })

  it('gives the same voxels for a sagittal copy and for a mirrored one called right', async () => {
    const { volume } = cases[0]!
    const { labels } = (await segmenter.segment(volume, { side: 'left' })).labelMap
    const order = findAxisOrder(volume.affine, ['P', 'I', 'L'])
    const sagittal = await segmenter.segment(
      {
        ...reorderGrid(volume, order),
        intensities: reorderValues(volume.intensities, volume.dimensions, order),
      },
      { side: 'left' },
    )
    expect(sagittal.labelMap.labels).toEqual(reorderValues(labels, volume.dimensions, order))
    const mirrored = await segmenter.segment(
      { ...volume, intensities: mirrorValues(volume.intensities, volume.dimensions, 0) },
      { side: 'right' },
    )
    expect(mirrored.labelMap.labels).toEqual(mirrorValues(labels, volume.dimensions, 0))
  })
})
