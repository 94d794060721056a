import { HippoError } from '../errors.ts'
import type { Vector3 } from '../volume/grid.ts'
import type { NetworkManifest } from './model-manifest.ts'
import { cutPatch, planPatches, visitOverlap, weighPatch } from './patches.ts'

/** A float tensor in C order, as used by the runtime. */
export interface Tensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** Runs the network once: intensities [1, 1, right, anterior, superior] to logits [1, class, ...]. */
export type RunNetwork = (intensities: Tensor) => Promise<Tensor>

/** Logits, one class after the other, turned into probabilities in place. */
function applySoftmax(logits: Float32Array, classes: number): void {
  const voxels = logits.length / classes
  for (let voxel = 0; voxel < voxels; voxel++) {
    let greatest = Number.NEGATIVE_INFINITY
    for (let c = 0; c < classes; c++) {
      const logit = logits[c * voxels + voxel]!
      if (logit > greatest) greatest = logit
    }
    let sum = 0
    for (let c = 0; c < classes; c++) {
      const at = c * voxels + voxel
      logits[at] = Math.exp(logits[at]! - greatest)
      sum += logits[at]!
    }
    for (let c = 0; c < classes; c++) logits[c * voxels + voxel]! /= sum
  }
}

async function predictPatch(
  cut: Float32Array,
  patch: Vector3,
  classes: number,
  run: RunNetwork,
): Promise<Float32Array> {
  const [superior, anterior, right] = patch
  const logits = await run({ data: cut, dims: [1, 1, right, anterior, superior] })
  const expected = [1, classes, right, anterior, superior]
  if (logits.dims.join() !== expected.join()) {
    throw new HippoError(
      'MODEL_INVALID',
      `The model returns an array of ${logits.dims.join(' x ')}, but its manifest states ${expected.join(' x ')}.`,
      { stage: 'infer' },
    )
  }
  const probabilities = logits.data.slice()
  applySoftmax(probabilities, classes)
  return probabilities
}

/** Classes of the model: class n is label n. */
export function countClasses(manifest: Pick<NetworkManifest, 'labels'>): number {
  return Math.max(...manifest.labels.map(({ value }) => value)) + 1
}

/** Size of the model's patch in the order of the model grid's axes: superior, anterior, right. */
export function patchOf(manifest: Pick<NetworkManifest, 'input'>): Vector3 {
  const [right, anterior, superior] = manifest.input.patch
  return [superior, anterior, right]
}

/**
 * Probabilities of each class (0 the background) for every voxel of a normalised crop on the
 * model's grid (axes superior, anterior, right). Overlapping patches are averaged, weighted towards
 * their centres.
 */
export async function predictProbabilities(
  normalized: Float32Array,
  size: Vector3,
  manifest: Pick<NetworkManifest, 'input' | 'labels'>,
  run: RunNetwork,
): Promise<Float32Array[]> {
  const classes = countClasses(manifest)
  const { patch, starts } = planPatches(size, { ...manifest.input, patch: patchOf(manifest) })
  const voxels = patch[0] * patch[1] * patch[2]
  const weights = starts.length === 1 ? new Float32Array(voxels).fill(1) : weighPatch(patch)
  const sums = Array.from({ length: classes }, () => new Float32Array(normalized.length))
  const total = new Float32Array(normalized.length)
  for (const start of starts) {
    const cut = cutPatch(normalized, size, patch, start)
    const probabilities = await predictPatch(cut, patch, classes, run)
    visitOverlap(size, patch, start, (inPatch, inCrop, length) => {
      for (let i = 0; i < length; i++) {
        const weight = weights[inPatch + i]!
        total[inCrop + i]! += weight
        for (let c = 0; c < classes; c++) {
          sums[c]![inCrop + i]! += weight * probabilities[c * voxels + inPatch + i]!
        }
      }
    })
  }
  if (starts.length > 1) {
    for (const sum of sums) {
      for (let i = 0; i < sum.length; i++) sum[i]! /= total[i]!
    }
  }
  return sums
}
