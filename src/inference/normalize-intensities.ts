import { HippoError } from '../errors.ts'
import { dropZeros } from '../volume/drop-zeros.ts'
import { selectRank } from '../volume/select-rank.ts'
import type { ModelManifest } from './model-manifest.ts'

/** Linear between the neighbours it would have among the sorted values, numpy's default rule. Rearranges. */
function percentileOf(values: Float32Array, percent: number): number {
  const position = (percent / 100) * (values.length - 1)
  const below = Math.floor(position)
  const low = selectRank(values, below)
  const high = selectRank(values, Math.min(below + 1, values.length - 1))
  return low + (high - low) * (position - below)
}

function clip(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}

/**
 * Intensities as the model was trained on: clipped to two percentiles, minus the mean, over the
 * population standard deviation, all taken over the selected voxels (those that are not 0, or all)
 * and applied to every voxel. Throws INTENSITIES_CONSTANT if there is no contrast to work with.
 * The rule is that of models/training/hippotrain/preprocess.py.
 */
export function normalizeIntensities(
  intensities: Float32Array,
  rule: ModelManifest['normalization'],
): Float32Array {
  const shown = rule.foreground === 'nonzero' ? dropZeros(intensities) : intensities
  const selected = shown.length > 0 ? shown : intensities
  // On a copy: the sums below must not depend on the order of values.
  const ranked = selected.slice()
  const low = percentileOf(ranked, rule.lowerPercentile)
  const high = percentileOf(ranked, rule.upperPercentile)
  if (!(high > low)) {
    throw new HippoError(
      'INTENSITIES_CONSTANT',
      'The images are blank: practically all voxels have the same intensity.',
      { details: { intensity: low } },
    )
  }
  let sum = 0
  for (let i = 0; i < selected.length; i++) sum += clip(selected[i]!, low, high)
  const mean = sum / selected.length
  let squares = 0
  for (let i = 0; i < selected.length; i++) {
    // Not `**`, which differs in its last bit before and after the engine has optimised it.
    const deviation = clip(selected[i]!, low, high) - mean
    squares += deviation * deviation
  }
  const deviation = Math.max(Math.sqrt(squares / selected.length), 1e-6)
  const normalized = new Float32Array(intensities.length)
  for (let i = 0; i < normalized.length; i++) {
    normalized[i] = (clip(intensities[i]!, low, high) - mean) / deviation
  }
  return normalized
}
