import type { CertaintySigns } from './certainty-signs.ts'
import type { ModelManifest } from './model-manifest.ts'

/** How sure the model was of one crop. */
export interface Confidence {
  /**
   * The Dice coefficient to expect if an expert traced this crop, 0 to 1: calibrated if the
   * manifest says how, else the network's own (too favourable) estimate; 0 if nothing was labelled.
   * Undefined if the manifest says that the model's certainty is not informative.
   */
  readonly expectedDice: number | undefined
  /** The network's own, uncalibrated estimate: lower if an image is unlike the training data. */
  readonly ownEstimate: number
  /** True if it is among the least certain crops by the manifest's limit: check it with care. */
  readonly isLow: boolean
  /** Voxels labelled but not in one piece with the hippocampus, and therefore cleared. */
  readonly clearedVoxels: number
}

/**
 * If voxels belong to the hippocampus with probability p, the expected Dice of a mask M is 2 sum(p
 * in M) / (|M| + sum(p)); see models/training/hippotrain/confidence.py. `readSigns` is called if
 * the manifest's rule uses signs; without it there is no expected Dice.
 */
export function rateConfidence(
  labels: Uint8Array,
  background: Float32Array,
  clearedVoxels: number,
  rule: ModelManifest['confidence'],
  readSigns?: () => CertaintySigns,
): Confidence {
  let everywhere = 0
  let inside = 0
  let size = 0
  for (let voxel = 0; voxel < labels.length; voxel++) {
    const probability = 1 - background[voxel]!
    everywhere += probability
    if (labels[voxel] === 0) continue
    inside += probability
    size++
  }
  if (size === 0) return { expectedDice: 0, ownEstimate: 0, isLow: true, clearedVoxels }
  const expected = (2 * inside) / (size + everywhere)
  const unrated = { ownEstimate: expected, isLow: false, clearedVoxels }
  if (rule === undefined) return { ...unrated, expectedDice: expected }
  const signs = rule.kind === 'signs' ? readSigns?.() : undefined
  if (rule.kind === 'none' || (rule.kind === 'signs' && signs === undefined)) {
    return { ...unrated, expectedDice: undefined }
  }
  const line =
    rule.kind === 'expected-dice'
      ? rule.slope * expected + rule.intercept
      : rule.intercept +
        rule.unsureShare * signs!.unsureShare +
        rule.intensitySpread * signs!.intensitySpread
  const calibrated = Math.min(1, Math.max(0, line))
  return { ...unrated, expectedDice: calibrated, isLow: calibrated < rule.warnBelow }
}
