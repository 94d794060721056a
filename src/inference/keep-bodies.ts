import type { Vector3 } from '../volume/grid.ts'
import { findBodies, type Touch } from './find-bodies.ts'

/** Clears the bodies that `isKept` refuses, in place, and returns how many voxels that were. */
function clearBodies(
  labels: Uint8Array,
  dimensions: Vector3,
  touch: Touch,
  isKept: (size: number, largestSize: number) => boolean,
): number {
  const { bodyOf, sizes, largest } = findBodies(labels, dimensions, touch)
  const kept = sizes.map((size, body) => body === largest || isKept(size, sizes[largest]!))
  let cleared = 0
  for (let voxel = 0; voxel < labels.length; voxel++) {
    if (labels[voxel] === 0 || kept[bodyOf[voxel]!]) continue
    labels[voxel] = 0
    cleared++
  }
  return cleared
}

/**
 * Clears every labelled voxel that is not part of the largest connected body (voxels that share a
 * face, whatever their labels), in place: a hippocampus is one piece. Returns how many were cleared.
 */
export function keepLargestBody(labels: Uint8Array, dimensions: Vector3): number {
  return clearBodies(labels, dimensions, 'face', () => false)
}

/**
 * Clears bodies (voxels that touch, be it at a corner) that are small beside the largest, in place: a thin
 * structure may be in several pieces where a voxel is wider than it, and none of them is a speck. A body stays
 * that has `leastShare` (0 to 1) of the largest one's voxels, or `leastVoxels`. Returns how many voxels were
 * cleared.
 */
export function clearSpecks(
  mask: Uint8Array,
  dimensions: Vector3,
  { leastShare, leastVoxels }: { readonly leastShare: number; readonly leastVoxels: number },
): number {
  return clearBodies(
    mask,
    dimensions,
    'corner',
    (size, largestSize) => size >= leastVoxels || size >= leastShare * largestSize,
  )
}
