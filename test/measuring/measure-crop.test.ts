import { describe, expect, it } from 'vitest'
import type { Segmenter } from '../../src/inference/segmenter.ts'
import { measureCrop } from '../../src/measuring/measure-crop.ts'
import { SeriesRejection } from '../../src/measuring/series-rejection.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { seededRandom } from '../../tools/seeded-random.ts'

const dimensions = [40, 50, 40] as const
const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
const voxels = 40 * 50 * 40
const random = seededRandom(2)
const noise = Float32Array.from({ length: voxels }, () => 100 + 50 * random())
const crop = { dimensions, affine, intensities: noise }

/** A model that marks one body of so many mm3, half of it anterior, beside pieces that were cleared. */
function marking(mm3: number, clearedVoxels: number): Segmenter {
  const labels = new Uint8Array(voxels).fill(1, 0, mm3 / 2).fill(2, mm3 / 2, mm3)
  const confidence = { expectedDice: 0.9, ownEstimate: 0.9, isLow: false, clearedVoxels }
  return {
    segment: async () => ({ labelMap: { dimensions, affine, labels }, confidence }),
  } as unknown as Segmenter
}
const measure = (segmenter: Segmenter, volume: Volume = crop) =>
  measureCrop(volume, 'left', segmenter, [], async (_, work) => work(), undefined)

describe('measuring a crop', () => {
  it('warns about an impossible volume, because the crop may be tight', async () => {
    const { verdict, quality } = await measure(marking(460, 0))
    expect(verdict).toBe('warning')
    expect(quality.map(({ check, verdict }) => [check, verdict])).toContainEqual([
      'PLAUSIBLE_VOLUME',
      'warning',
    ])
  })

  it('warns about pieces separate from a hippocampus of usual size', async () => {
    expect((await measure(marking(3000, 2000))).verdict).toBe('warning')
  })

  it('reports the share of separate voxels', async () => {
    const { quality } = await measure(marking(3000, 1000))
    expect(quality.find(({ check }) => check === 'ONE_BODY')?.value).toBe(0.25)
  })

  it("warns about one of the model's least certain crops", async () => {
    const sure = marking(3000, 0)
    const unsure = {
      segment: async (...asked: Parameters<Segmenter['segment']>) => {
        const found = await sure.segment(...asked)
        return { ...found, confidence: { ...found.confidence, isLow: true } }
      },
    } as unknown as Segmenter
    const confidenceOf = async (segmenter: Segmenter) =>
      (await measure(segmenter)).quality.filter(({ check }) => check === 'MODEL_CONFIDENCE')
    expect(await confidenceOf(sure)).toEqual([])
    expect(await confidenceOf(unsure)).toMatchObject([{ verdict: 'warning' }])
  })

  it('gives the standard errors of the model, if it has any', async () => {
    const volumeErrors = { anterior: 90, posterior: 80, total: 140 }
    const plain = marking(3000, 0)
    const telling = {
      segment: async (...asked: Parameters<Segmenter['segment']>) => ({
        ...(await plain.segment(...asked)),
        volumeErrors,
      }),
    } as unknown as Segmenter
    expect((await measure(telling)).volumes[0].standardErrorMm3).toEqual(volumeErrors)
    expect((await measure(plain)).volumes[0].standardErrorMm3).toBeUndefined()
  })

  it('rejects fragments of impossible volume: the crop shows something else', async () => {
    for (const segmenter of [marking(460, 300), marking(7600, 5000)]) {
      const error = await measure(segmenter).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(SeriesRejection)
      expect(error).toMatchObject({ code: 'QUALITY_REJECTED' })
      expect((error as SeriesRejection).message).toMatch(
        /were separate from it.*impossible for a hippocampus/,
      )
    }
  })

  it('rejects a label map before running the model', async () => {
    const labels = noise.map((_, index) => (index % 40 < 20 ? 1 : 2))
    const map = { dimensions, affine, intensities: labels }
    const error = await measure(marking(3000, 0), map).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'QUALITY_REJECTED' })
    expect((error as SeriesRejection).message).toMatch(/2 distinct values.*not an image/)
    expect((error as SeriesRejection).quality).toHaveLength(1)
  })
})
