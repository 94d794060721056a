import { HippoError } from '../errors.ts'
import type { ModelManifest } from './model-manifest.ts'

/** Linear between neighbours of the sorted values, numpy's default rule. */
function percentileOf(sorted: Float32Array, percent: number): number {
  const position = (percent / 100) * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (high - low) * (position - below)
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
  const foreground =
    rule.foreground === 'nonzero' ? intensities.filter((value) => value !== 0) : intensities
  const selected = (foreground.length > 0 ? foreground : intensities).slice().sort()
  const low = percentileOf(selected, rule.lowerPercentile)
  const high = percentileOf(selected, rule.upperPercentile)
  if (!(high > low)) {
    throw new HippoError(
      'INTENSITIES_CONSTANT',
      'The images show nothing: practically all voxels have the same intensity.',
      { details: { intensity: low } },
    )
  }
  const clip = (value: number) => (value < low ? low : value > high ? high : value)
  let sum = 0
  for (const value of selected) sum += clip(value)
  const mean = sum / selected.length
  let squares = 0
  for (const value of selected) {
    // Not `**`, which differs in its last bit before and after the engine has optimised it.
    const deviation = clip(value) - mean
    squares += deviation * deviation
  }
  const deviation = Math.max(Math.sqrt(squares / selected.length), 1e-6)
  return intensities.map((value) => (clip(value) - mean) / deviation)
}
