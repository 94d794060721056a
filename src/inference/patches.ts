import type { Vector3 } from '../volume/grid.ts'
import { toVector3 } from '../volume/vector3.ts'

/** The model's input size, and the first voxel of each patch in the crop's indices. */
export interface PatchPlan {
  readonly patch: Vector3
  /** Negative where the patch reaches beyond the crop and is padded. */
  readonly starts: readonly Vector3[]
}

function planAxis(
  size: number,
  patch: number,
  multiple: number,
  dynamic: boolean,
): { patch: number; starts: number[] } {
  if (size <= patch) return { patch, starts: [0 - Math.floor((patch - size) / 2)] }
  if (dynamic) {
    const grown = Math.ceil(size / multiple) * multiple
    return { patch: grown, starts: [0 - Math.floor((grown - size) / 2)] }
  }
  const looks = Math.ceil((size - patch) / (patch / 2)) + 1
  const starts = Array.from({ length: looks }, (_, i) =>
    Math.round((i * (size - patch)) / (looks - 1)),
  )
  return { patch, starts }
}

/**
 * Covers a crop of the given size with the model's input. A crop within the patch is centred in it;
 * for a larger one, the input grows to the next multiple if the model is dynamic, or else the crop
 * is covered by several patches, at most half a patch apart. All sizes are in the order of the
 * model grid's axes.
 */
export function planPatches(
  size: Vector3,
  input: { readonly patch: Vector3; readonly multiple: number; readonly dynamic: boolean },
): PatchPlan {
  const plan = (i: 0 | 1 | 2) => planAxis(size[i], input.patch[i], input.multiple, input.dynamic)
  const [a, b, c] = [plan(0), plan(1), plan(2)]
  const starts = c.starts.flatMap((z) =>
    b.starts.flatMap((y) => a.starts.map((x): Vector3 => [x, y, z])),
  )
  return { patch: [a.patch, b.patch, c.patch], starts }
}

/** Visits the voxels that patch and crop share, row by row: index in the patch, in the crop, length. */
export function visitOverlap(
  size: Vector3,
  patch: Vector3,
  start: Vector3,
  visitRow: (inPatch: number, inCrop: number, length: number) => void,
): void {
  const from = toVector3(start.map((s) => Math.max(0, 0 - s)))
  const to = toVector3(start.map((s, i) => Math.min(patch[i]!, size[i]! - s)))
  for (let k = from[2]; k < to[2]; k++) {
    for (let j = from[1]; j < to[1]; j++) {
      visitRow(
        from[0] + patch[0] * (j + patch[1] * k),
        from[0] + start[0] + size[0] * (j + start[1] + size[1] * (k + start[2])),
        to[0] - from[0],
      )
    }
  }
}

/** The part of a crop within a patch, padded with 0 (the mean intensity). */
export function cutPatch(
  values: Float32Array,
  size: Vector3,
  patch: Vector3,
  start: Vector3,
): Float32Array {
  const cut = new Float32Array(patch[0] * patch[1] * patch[2])
  visitOverlap(size, patch, start, (inPatch, inCrop, length) => {
    cut.set(values.subarray(inCrop, inCrop + length), inPatch)
  })
  return cut
}

/** Weights of a patch's voxels: a Gaussian an eighth of the patch wide, highest at its centre. */
export function weighPatch(patch: Vector3): Float32Array {
  const profile = (n: number) =>
    Float32Array.from({ length: n }, (_, i) => {
      const away = (i - (n - 1) / 2) / (n / 8)
      return Math.max(1e-3, Math.exp(-0.5 * away * away))
    })
  const [x, y, z] = [profile(patch[0]), profile(patch[1]), profile(patch[2])]
  const weights = new Float32Array(patch[0] * patch[1] * patch[2])
  let index = 0
  for (const wz of z) for (const wy of y) for (const wx of x) weights[index++] = wx * wy * wz
  return weights
}
