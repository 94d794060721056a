import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pickLabels } from '../../src/inference/segment-volume.ts'
import { estimateVolumeErrors, readErrorSigns } from '../../src/inference/volume-errors.ts'
import type { Vector3 } from '../../src/volume/grid.ts'

/** What hippotrain.standard_error reads of the same pattern; models/training/tests writes it. */
const fixture = JSON.parse(
  readFileSync(new URL('./volume-errors-fixture.json', import.meta.url), 'utf8'),
) as {
  /** Along right, anterior, superior. */
  readonly size: Vector3
  readonly signs: Record<
    'whole' | 'anterior' | 'posterior',
    { readonly volume: number; readonly surface: number; readonly uncertainty: number }
  >
}

/** An ellipsoid with soft borders, its front half anterior, as models/training/tests draws it. */
function drawPattern([right, anterior, superior]: Vector3) {
  const dimensions: Vector3 = [superior, anterior, right]
  const probabilities = [0, 1, 2].map(() => new Float32Array(right * anterior * superior))
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value))
  for (let x = 0; x < right; x++) {
    for (let y = 0; y < anterior; y++) {
      for (let z = 0; z < superior; z++) {
        const ahead = y - (anterior - 1) / 2
        const distance = Math.hypot(
          (x - (right - 1) / 2) / 5,
          ahead / 9,
          (z - (superior - 1) / 2) / 4,
        )
        const hippocampus = sigmoid(-5 * (distance - 1))
        const share = sigmoid(0.8 * ahead)
        const voxel = z + superior * (y + anterior * x)
        probabilities[0]![voxel] = 1 - hippocampus
        probabilities[1]![voxel] = hippocampus * share
        probabilities[2]![voxel] = hippocampus * (1 - share)
      }
    }
  }
  const labels = pickLabels(probabilities, right * anterior * superior)
  return { labels, probabilities, dimensions }
}

const line = (changes: object) => ({
  constantMm3: 0,
  perVolume: 0,
  perSurface: 0,
  perUncertainty: 0,
  ...changes,
})

describe('the standard error of a volume', () => {
  const { labels, probabilities, dimensions } = drawPattern(fixture.size)

  it.each(['whole', 'anterior', 'posterior'] as const)(
    'uses the same signs as the training code: %s',
    (structure) => {
      const signs = readErrorSigns(labels, probabilities, dimensions, structure)
      const expected = fixture.signs[structure]
      expect(signs.volumeMm3).toBe(expected.volume)
      expect(signs.surfaceMm2).toBe(expected.surface)
      expect(signs.uncertaintyMm3).toBeCloseTo(expected.uncertainty, 2)
    },
  )

  it("follows the manifest's line, one for each structure", () => {
    const errors = estimateVolumeErrors(labels, probabilities, dimensions, {
      kind: 'linear',
      whole: line({ constantMm3: 20, perVolume: 0.05 }),
      anterior: line({ perSurface: 0.1 }),
      posterior: line({ perUncertainty: 0.5 }),
    })
    const { whole, anterior, posterior } = fixture.signs
    expect(errors!.total).toBeCloseTo(20 + 0.05 * whole.volume, 6)
    expect(errors!.anterior).toBeCloseTo(0.1 * anterior.surface, 6)
    expect(errors!.posterior).toBeCloseTo(0.5 * posterior.uncertainty, 2)
  })

  it('is unknown without a rule in the manifest, and for an empty mask', () => {
    const rule = {
      kind: 'linear',
      whole: line({ perVolume: 0.05 }),
      anterior: line({ perVolume: 0.05 }),
      posterior: line({ perVolume: 0.05 }),
    } as const
    expect(estimateVolumeErrors(labels, probabilities, dimensions, undefined)).toBeUndefined()
    const empty = new Uint8Array(labels.length)
    expect(estimateVolumeErrors(empty, probabilities, dimensions, rule)).toBeUndefined()
  })
})
