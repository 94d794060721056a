import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { partWithin, visitPart } from '../../src/volume/part-of-grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import { dot, subtract } from '../../src/volume/vector3.ts'

/** A straight piece of a vessel next to a hippocampus: millimetres towards the midline, anterior, superior. */
interface Tube {
  readonly from: Vector3
  readonly to: Vector3
  readonly radius: number
}

/** Structures near a hippocampus that enhance after a contrast agent, roughly positioned. */
const tubes: readonly Tube[] = [
  // The choroid plexus in the temporal horn and the choroid fissure.
  { from: [1, 8, 5], to: [3, -20, 9], radius: 2 },
  // The posterior cerebral artery in the ambient cistern, and the basal vein above it.
  { from: [11, 12, 0], to: [12, -20, 4], radius: 1.4 },
  { from: [10, 8, 8], to: [12, -20, 12], radius: 1.2 },
]
/** Half of the box around a hippocampus in which they lie, mm. */
const reachMm = 28
/** Width of their edge, mm. */
const edgeMm = 1.2

function distanceTo({ from, to }: Tube, point: Vector3): number {
  const along = subtract(to, from)
  const off = subtract(point, from)
  const share = Math.max(0, Math.min(1, dot(along, off) / dot(along, along)))
  return Math.hypot(...off.map((value, axis) => value - share * along[axis]!))
}

/**
 * A head whose vessels and choroid plexus near both hippocampi are as bright as `level`, in the
 * units of the head: a crude model of a contrast agent. Nothing gets darker.
 */
export function brightenVessels(
  head: Volume,
  { centers, headAxes }: Pick<HeadLocalization, 'centers' | 'headAxes'>,
  level: number,
): Volume {
  const intensities = head.intensities.slice()
  for (const side of ['left', 'right'] as const) {
    const center = centers[side]
    const size = 2 * reachMm + 1
    const first = center.map((mm) => mm - reachMm)
    const affine = [1, 0, 0, first[0]!, 0, 1, 0, first[1]!, 0, 0, 1, first[2]!, 0, 0, 0, 1]
    const part = partWithin(head, { dimensions: [size, size, size], affine })
    if (part === undefined) continue
    const [columns, rows] = part.grid.dimensions
    visitPart(part, head, (inPart, inHead) => {
      const voxel: Vector3 = [
        inPart % columns,
        Math.floor(inPart / columns) % rows,
        Math.floor(inPart / (columns * rows)),
      ]
      const off = subtract(voxelToPatient(part.grid.affine, voxel), center)
      const right = dot(off, headAxes.right)
      const point: Vector3 = [
        side === 'left' ? right : -right,
        dot(off, headAxes.anterior),
        dot(off, headAxes.superior),
      ]
      const share = Math.max(
        ...tubes.map((tube) => (tube.radius - distanceTo(tube, point)) / edgeMm + 0.5),
      )
      const value = head.intensities[inHead]!
      if (share <= 0 || value >= level) return
      intensities[inHead] = value + Math.min(1, share) * (level - value)
    })
  }
  return { ...head, intensities }
}
