import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { mirrorValues } from '../../src/volume/mirror.ts'
import { seededRandom } from '../../tools/seeded-random.ts'

const manifestPath = resolve(import.meta.dirname, '../../models/hippocampus.json')
const dimensions: Vector3 = [36, 50, 36]
const rightAxis = 2

/**
 * A left box, columns towards superior, rows towards anterior, slices towards right: a hippocampus that falls
 * to the front, with a layer of fluid of some millimetres on its lateral and upper side, cortex below it, and cortex
 * and the fluid outside the brain on its medial side.
 */
function drawBox(fluidMm: number): { readonly box: Volume; readonly fluid: Uint8Array } {
  const random = seededRandom(3)
  const intensities = new Float32Array(36 * 50 * 36)
  const fluid = new Uint8Array(intensities.length)
  for (let at = 0; at < intensities.length; at++) {
    const superior = (at % 36) - 17.5
    const anterior = (Math.floor(at / 36) % 50) - 24.5
    const right = Math.floor(at / (36 * 50)) - 17.5
    const height = superior + 0.45 * anterior
    const within = (x: number, z: number) => (anterior / 20) ** 2 + (x / 7) ** 2 + (z / 5) ** 2 < 1
    const isHippocampus = within(right, height)
    const isFluid = !isHippocampus && within(right + fluidMm, height - fluidMm / 2)
    const around = height < -9 || right > 8 ? (right > 11 && height >= -9 ? 20 : 65) : 100
    fluid[at] = Number(isFluid)
    intensities[at] = (isFluid ? 15 : isHippocampus ? 65 : around) + 4 * random()
  }
  const affine = [0, 0, -1, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]
  return { box: { dimensions, affine, intensities }, fluid }
}

describe('the shipped network for the temporal horn', () => {
  let segmenter: Segmenter
  beforeAll(async () => {
    segmenter = await createSegmenter({ manifestPath, threads: 1 })
  })
  afterAll(() => segmenter?.close())

  it('labels the fluid next to a hippocampus, and almost nothing without fluid', async () => {
    for (const millimetres of [0, 2, 4, 6]) {
      const { box, fluid } = drawBox(millimetres)
      const horn = await segmenter.predictHorn!(box, { side: 'left' })
      const marked = horn.reduce((sum, value) => sum + (value > 0.5 ? 1 : 0), 0)
      const right = horn.reduce((sum, value, at) => sum + (value > 0.5 ? fluid[at]! : 0), 0)
      const drawn = fluid.reduce((sum, value) => sum + value, 0)
      expect(marked - right).toBeLessThan(60)
      if (millimetres === 0) continue
      expect(marked / drawn).toBeGreaterThan(0.65)
      expect(marked / drawn).toBeLessThan(1.1)
    }
  })

  it('treats a right side exactly like the mirrored left one', async () => {
    const { box } = drawBox(3)
    const intensities = mirrorValues(box.intensities, dimensions, rightAxis)
    const right = await segmenter.predictHorn!({ ...box, intensities }, { side: 'right' })
    const left = await segmenter.predictHorn!(box, { side: 'left' })
    expect(mirrorValues(right, dimensions, rightAxis)).toEqual(left)
  })
})
