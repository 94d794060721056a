import {
  cropLabels,
  headLabels,
  type LabelledRegion,
  listRegions,
} from '../../src/measurement/hippocampus-labels.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import type { LabelMap, Vector3, Volume } from '../../src/volume/grid.ts'
import { affineFromColumns } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { seededRandom } from '../seeded-random.ts'

/** A synthetic head with known hippocampi. */
export interface HeadPhantom {
  readonly volume: Volume
  readonly labelMap: LabelMap
  readonly regions: readonly LabelledRegion[]
}

const headRegions = listRegions(
  (['left', 'right'] as const).map((side) => ({ side, labels: headLabels[side] })),
)

const bounds = { low: [-62, -52, -48] as Vector3, high: [62, 58, 30] as Vector3 }
const headEnd = 0.4
const steps = 60

/** Centre line of a left hippocampus from head to tail, LPS mm, with its radius. */
function middleLine(scale: number): { point: Vector3; radius: number; t: number }[] {
  return Array.from({ length: steps + 1 }, (_, step) => {
    const t = step / steps
    const x = 24 + 6 * Math.sin(Math.PI * (0.15 + 0.85 * t)) - 4 * t ** 4
    const y = -6 + 36 * t
    const z = -19 + 16 * t ** 1.6
    const radius = scale * (7.2 - 3.4 * t + 0.9 * Math.sin(9 * t)) * (t > 0.9 ? 1.15 - t * 0.3 : 1)
    return { point: [x, y, z] as Vector3, radius, t }
  })
}

type Line = ReturnType<typeof middleLine>

/** The nearest part of a centre line: distance in radii, and position along it. */
function nearest(line: Line, [x, y, z]: Vector3): { radii: number; t: number } {
  let best = { radii: Number.POSITIVE_INFINITY, t: 0 }
  for (const { point, radius, t } of line) {
    // Flatter than wide, like a real one.
    const away = Math.hypot(x - point[0], y - point[1], (z - point[2]) * 1.25)
    if (away / radius < best.radii) best = { radii: away / radius, t }
  }
  return best
}

/**
 * Grey of the tissue around: folds of grey and white matter, fluid next to the hippocampus, skull
 * outside.
 */
function tissueAt([x, y, z]: Vector3, noise: number, nearLine: number): number {
  const head = Math.hypot(x / 72, (y - 8) / 88, (z - 8) / 70)
  if (head > 1) return 8 + 6 * noise
  if (head > 0.94) return 60 + 12 * noise
  const folds =
    Math.sin(x * 0.21 + Math.sin(y * 0.17) * 1.7) +
    Math.sin(y * 0.19 + z * 0.13 + Math.cos(x * 0.11) * 1.9) +
    Math.sin(z * 0.24 - y * 0.08)
  const matter = 640 + 150 * Math.tanh(folds * 1.6)
  const fluid = nearLine > 1.05 && nearLine < 1.5 && z > -14 ? 190 : undefined
  return (fluid ?? matter) + 26 * noise
}

/** Draws a head whose hippocampi are scaled by `left` and `right` in radius. */
export function makeHeadPhantom(left: number, right: number, seed = 7): HeadPhantom {
  const random = seededRandom(seed)
  const size = toVector3(bounds.high.map((high, axis) => high - bounds.low[axis]! + 1))
  const affine = affineFromColumns(
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    bounds.low,
  )
  const voxels = size[0] * size[1] * size[2]
  const intensities = new Float32Array(voxels)
  const labels = new Uint8Array(voxels)
  const lines = { left: middleLine(left), right: middleLine(right) }
  for (let k = 0, at = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, at++) {
        const point: Vector3 = [bounds.low[0] + i, bounds.low[1] + j, bounds.low[2] + k]
        const side = point[0] >= 0 ? 'left' : 'right'
        const mirrored: Vector3 = [Math.abs(point[0]), point[1], point[2]]
        const close = mirrored[0] > 8 && mirrored[0] < 46 && point[1] > -24 && point[1] < 48
        const { radii, t } = close ? nearest(lines[side], mirrored) : { radii: 9, t: 0 }
        const noise = random() + random() - 1
        if (radii > 1) intensities[at] = tissueAt(point, noise, radii)
        else {
          intensities[at] = 560 + 22 * noise
          labels[at] = (side === 'left' ? 1 : 3) + (t < headEnd ? 0 : 1)
        }
      }
    }
  }
  const grid = { dimensions: size, affine }
  return { volume: { ...grid, intensities }, labelMap: { ...grid, labels }, regions: headRegions }
}

/** Volumes of both sides, counted. */
export function measurePhantom({ labelMap }: HeadPhantom) {
  return (['left', 'right'] as const).map((side) =>
    measureHippocampus(labelMap, side, headLabels[side]),
  )
}

/**
 * The part of a head phantom around one hippocampus, labelled like a crop: 1 anterior, 2 posterior.
 */
export function cutCrop(head: HeadPhantom, side: 'left' | 'right' | 'unknown'): HeadPhantom {
  const from: Vector3 = [bounds.high[0] + 10, 32, 14]
  const size: Vector3 = [36, 54, 44]
  const [columns, rows] = head.volume.dimensions
  const intensities = new Float32Array(size[0] * size[1] * size[2])
  const labels = new Uint8Array(intensities.length)
  for (let k = 0, at = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, at++) {
        const source = from[0] + i + columns * (from[1] + j + rows * (from[2] + k))
        intensities[at] = head.volume.intensities[source]!
        const label = head.labelMap.labels[source]!
        labels[at] = label <= 2 ? label : 0
      }
    }
  }
  const affine = [...head.volume.affine]
  for (const axis of [0, 1, 2]) affine[4 * axis + 3]! += from[axis]!
  const grid = { dimensions: size, affine: affine as unknown as Volume['affine'] }
  const regions = listRegions([{ side, labels: cropLabels }])
  return { volume: { ...grid, intensities }, labelMap: { ...grid, labels }, regions }
}
