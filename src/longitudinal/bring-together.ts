import type { HeadLocalization } from '../localization/head-localization.ts'
import { smoothVolume } from '../localization/smooth-volume.ts'
import { readTemplate } from '../localization/template.ts'
import type { Grid, Vector3, Volume } from '../volume/grid.ts'
import { chainAffines, invertAffine, voxelToPatient } from '../volume/patient-affine.ts'
import { sampleTrilinear } from '../volume/resample.ts'
import { type Alignment, alignHeads } from './align-heads.ts'
import { affineOfFrame, frameOfHead, type HeadFrame, inverseOfFrame } from './half-way-frame.ts'

/** A head and where it lies. */
export interface LocatedHead {
  readonly volume: Volume
  readonly localization: HeadLocalization
}

/** Both scans in their half-way space, and around each hippocampus once more. */
export interface PairTogether {
  readonly whole: Alignment
  /** Middle of each hippocampus in the half-way space, mm. */
  readonly centers: { readonly left: Vector3; readonly right: Vector3 }
  readonly sides: { readonly left: Alignment; readonly right: Alignment }
}

/** A grid of the half-way space around a point, mm: whole sizes along left, back and up. */
export function gridAround(center: Vector3, spacing: number, [x, y, z]: Vector3): Grid {
  const at = (axis: 0 | 1 | 2, size: number) => center[axis] - ((size - 1) / 2) * spacing
  return {
    dimensions: [x, y, z],
    affine: [
      ...[spacing, 0, 0, at(0, x)],
      ...[0, spacing, 0, at(1, y)],
      ...[0, 0, spacing, at(2, z)],
      ...[0, 0, 0, 1],
    ],
  }
}

/** A grid of the half-way space as it lies in a scan. */
export const gridInScan = (grid: Grid, frame: HeadFrame): Grid => ({
  dimensions: grid.dimensions,
  affine: chainAffines(grid.affine, affineOfFrame(frame)),
})

const [sharpBrain] = readTemplate().levels

/** The template's brain in the half-way space: where both heads together put it. */
function placeBrain(heads: readonly LocatedHead[], frames: readonly HeadFrame[]): Float32Array {
  const { positions } = sharpBrain.pickInner(1)
  const points = new Float32Array(positions.length)
  for (const [n, { localization }] of heads.entries()) {
    const m = chainAffines(invertAffine(localization.patientToTemplate), inverseOfFrame(frames[n]!))
    for (let p = 0; p < points.length; p += 3) {
      const [x, y, z] = [positions[p]!, positions[p + 1]!, positions[p + 2]!]
      for (let i = 0; i < 3; i++) {
        points[p + i]! +=
          (m[4 * i]! * x + m[4 * i + 1]! * y + m[4 * i + 2]! * z + m[4 * i + 3]!) / heads.length
      }
    }
  }
  return points
}

/** Points every `step` mm within a distance of a center, mm. */
function pointsAround([x, y, z]: Vector3, radius: number, step: number): Float32Array {
  const points: number[] = []
  for (let k = -radius; k <= radius; k += step) {
    for (let j = -radius; j <= radius; j += step) {
      for (let i = -radius; i <= radius; i += step) {
        if (i * i + j * j + k * k <= radius * radius) points.push(x + i, y + j, z + k)
      }
    }
  }
  return Float32Array.from(points)
}

function cut(head: Volume, grid: Grid, frame: HeadFrame, smoothMm: number): Volume {
  const target = gridInScan(grid, frame)
  const intensities = sampleTrilinear(head.intensities, head, target, 0)
  return smoothVolume({ ...target, intensities }, smoothMm)
}

/** Millimetres: brain and some more on each side, at 2 mm. */
const brainGrid = gridAround([0, 10, 15], 2, [88, 112, 92])
const nearMm = 28

/**
 * Brings two scans of one head into their half-way space: from where the localizer found each, first by the
 * whole brain, blurred and less blurred, then by what lies around each hippocampus. Undefined where the two
 * do not show the same.
 */
export function bringTogether(earlier: LocatedHead, later: LocatedHead): PairTogether | undefined {
  const heads = [earlier, later] as const
  const start = [frameOfHead(earlier.localization), frameOfHead(later.localization)] as const
  const points = placeBrain(heads, start)
  let frames: readonly [HeadFrame, HeadFrame] = start
  let whole: Alignment | undefined
  for (const smoothMm of [3, 1.5]) {
    const [a, b] = heads.map(({ volume }, n) => cut(volume, brainGrid, start[n]!, smoothMm))
    whole = alignHeads({ earlier: a!, later: b!, frames }, points, 15)
    if (whole === undefined) return undefined
    frames = whole.frames
  }
  const centerOf = (side: 'left' | 'right') =>
    [0, 1, 2].map((axis) => {
      const [a, b] = heads.map(
        ({ localization }, n) =>
          voxelToPatient(inverseOfFrame(frames[n]!), localization.centers[side])[axis]!,
      )
      return (a! + b!) / 2
    }) as unknown as Vector3
  const centers = { left: centerOf('left'), right: centerOf('right') }
  const alignSide = (side: 'left' | 'right') => {
    const grid = gridAround(centers[side], 1, [66, 66, 66])
    const [a, b] = heads.map(({ volume }, n) => cut(volume, grid, frames[n]!, 0.8))
    return alignHeads(
      { earlier: a!, later: b!, frames },
      pointsAround(centers[side], nearMm, 2),
      12,
    )
  }
  const [left, right] = [alignSide('left'), alignSide('right')]
  if (left === undefined || right === undefined || whole === undefined) return undefined
  return { whole, centers, sides: { left, right } }
}
