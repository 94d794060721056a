import type { CertaintySigns } from './certainty-signs.ts'
import type { ModelManifest } from './model-manifest.ts'

/** How sure the model was of one crop. */
export interface Confidence {
  /**
   * The Dice coefficient to expect if an expert traced this crop, 0 to 1: calibrated if the manifest
   * says how, else the network's own (too favourable) estimate; 0 if nothing was labelled. Undefined
   * when the manifest says that the model's certainty tells nothing about a case.
   */
  readonly expectedDice: number | undefined
  /** The network's own estimate whatever the manifest says of it: falls where an image is unlike training. */
  readonly ownEstimate: number
  /** True if the manifest calls this one of its least certain crops: look at it with care. */
  readonly isLow: boolean
  /** Voxels labelled but not in one piece with the hippocampus, and therefore cleared. */
  readonly clearedVoxels: number
}

/**
 * If voxels belong to the hippocampus with probability p, a mask M can be expected to reach the Dice
 * 2 sum(p in M) / (|M| + sum(p)); see models/training/hippotrain/confidence.py. `readSigns` is asked where
 * the manifest's rule is one of signs; without it there is no expectation.
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
