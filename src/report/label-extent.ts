import type { Grid, LabelMap, Vector3 } from '../volume/grid.ts'
import { findLabelledRange } from '../volume/labelled-range.ts'
import { toVector3 } from '../volume/vector3.ts'
import { nearestIndex, type PatientLattice, positionOf } from './patient-lattice.ts'

/** Box along the patient's axes, LPS millimetres, to the outer faces of its voxels. */
export interface PatientBox {
  readonly low: Vector3
  readonly high: Vector3
}

/** Extent of the labels, and the position of the largest cross-section along each axis. */
export interface LabelExtent {
  readonly box: PatientBox
  readonly largestSection: Vector3
}

const axes = [0, 1, 2] as const

/** The smallest box along the patient's axes that contains the whole grid. */
export function boxOfGrid({ dimensions, affine }: Grid): PatientBox {
  const low = axes.map((axis) => affine[4 * axis + 3]!)
  const high = [...low]
  for (const axis of axes) {
    for (const voxelAxis of axes) {
      const cosine = affine[4 * axis + voxelAxis]!
      const ends = [-0.5 * cosine, (dimensions[voxelAxis] - 0.5) * cosine]
      low[axis]! += Math.min(...ends)
      high[axis]! += Math.max(...ends)
    }
  }
  return { low: toVector3(low), high: toVector3(high) }
}

const known = new WeakMap<LabelMap, Map<string, LabelExtent>>()

/**
 * Extent of the labels of `wanted`; of the whole grid, with sections through its middle, if there
 * are none. Cached with the label map, because every panel needs it and a head has millions of
 * voxels.
 */
export function measureLabelExtent(
  labelMap: LabelMap,
  wanted: readonly number[],
  lattice: PatientLattice,
): LabelExtent {
  const ofMap = known.get(labelMap) ?? new Map<string, LabelExtent>()
  known.set(labelMap, ofMap)
  const key = JSON.stringify([wanted, lattice])
  const extent = ofMap.get(key) ?? findLabelExtent(labelMap, wanted, lattice)
  ofMap.set(key, extent)
  return extent
}

function findLabelExtent(
  labelMap: LabelMap,
  wanted: readonly number[],
  lattice: PatientLattice,
): LabelExtent {
  const { dimensions, affine, labels } = labelMap
  const [columns, rows] = dimensions
  const counts = axes.map(() => new Map<number, number>())
  const isWanted = new Uint8Array(256)
  for (const label of wanted) isWanted[label] = 1
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  const { first, end } = findLabelledRange(labels, wanted)
  for (let index = first; index < end; index += 1) {
    const label = labels[index]!
    if (label === 0 || isWanted[label] === 0) continue
    const column = index % columns
    const row = Math.floor(index / columns) % rows
    const slice = Math.floor(index / (columns * rows))
    for (const axis of axes) {
      const base = 4 * axis
      const position =
        affine[base]! * column +
        affine[base + 1]! * row +
        affine[base + 2]! * slice +
        affine[base + 3]!
      low[axis] = Math.min(low[axis]!, position)
      high[axis] = Math.max(high[axis]!, position)
      const at = nearestIndex(lattice, axis, position)
      counts[axis]!.set(at, (counts[axis]!.get(at) ?? 0) + 1)
    }
  }
  if (low[0] === Infinity) {
    const box = boxOfGrid(labelMap)
    const middle = axes.map((axis) => (box.low[axis] + box.high[axis]) / 2)
    return { box, largestSection: toVector3(middle) }
  }
  const largestSection = axes.map((axis) => {
    const [index] = [...counts[axis]!].reduce((best, entry) =>
      entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0]) ? entry : best,
    )
    return positionOf(lattice, axis, index)
  })
  return {
    box: {
      low: toVector3(axes.map((axis) => low[axis]! - lattice.steps[axis] / 2)),
      high: toVector3(axes.map((axis) => high[axis]! + lattice.steps[axis] / 2)),
    },
    largestSection: toVector3(largestSection),
  }
}
