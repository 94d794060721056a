import type { LabelledRegion } from '../measurement/hippocampus-labels.ts'
import type { LabelMap, Vector3, Volume } from '../volume/grid.ts'
import { invertAffine } from '../volume/patient-affine.ts'
import type { FieldOfView } from './field-of-view.ts'
import { type PatientLattice, positionOf } from './patient-lattice.ts'
import type { PatientPlane } from './patient-planes.ts'

/**
 * A plane of the patient sampled on the lattice, row by row in page order. Sample (column, row) lies
 * at `firstAcross + column * acrossStep` millimetres to the right of the field's left edge and
 * `firstDown + row * downStep` below its top edge.
 */
export interface SampledSlice {
  readonly columns: number
  readonly rows: number
  readonly firstAcross: number
  readonly firstDown: number
  readonly acrossStep: number
  readonly downStep: number
  /** Intensity, NaN outside the volume. */
  readonly intensities: Float32Array
  /** Share of the sample, 0 to 1, that is anterior and posterior hippocampus. */
  readonly shares: readonly [Float32Array, Float32Array]
}

/** The part for every value of a label map: 0 anterior, 1 posterior, -1 neither. */
export type PartsOfLabels = Int8Array

/** The parts of the hippocampus for the values of a label map. */
export function listParts(regions: readonly LabelledRegion[]): PartsOfLabels {
  const parts = new Int8Array(256).fill(-1)
  for (const { label, part } of regions) parts[label] = part === 'anterior' ? 0 : 1
  return parts
}

/** Lattice indices, in page order, that cover a field plus one sample on each side. */
function coverField(
  lattice: PatientLattice,
  { axis, sign }: PatientPlane['across'],
  centre: number,
  side: number,
) {
  const step = lattice.steps[axis]
  const edge = centre - (sign * side) / 2
  const indexOf = (millimetres: number) => ((millimetres - lattice.origin[axis]) / step) * sign
  const from = Math.floor(indexOf(edge)) - 1
  const to = Math.ceil(indexOf(centre + (sign * side) / 2)) + 1
  const positions: number[] = []
  for (let index = from; index <= to; index += 1) {
    positions.push(positionOf(lattice, axis, index * sign))
  }
  return { positions, first: (positions[0]! - edge) * sign, step }
}

/**
 * Corners with smaller weights are ignored: positions on voxel centres have them only by rounding.
 */
const tiny = 1e-4

/** Lower neighbour of a voxel coordinate; -1 outside. The rest is the weight of the upper one. */
function lowerNeighbour(coordinate: number, count: number): number {
  if (!(coordinate >= -0.5 && coordinate <= count - 0.5)) return -1
  return Math.floor(Math.min(Math.max(coordinate, 0), count - 1) + tiny)
}

function upperWeight(coordinate: number, count: number, lower: number): number {
  const upper = Math.min(Math.max(coordinate, 0), count - 1) - lower
  return upper < tiny ? 0 : upper
}

/**
 * Samples intensities and labels of one plane by trilinear interpolation through the affine.
 * `position` is that of the plane on its `through` axis, LPS millimetres.
 */
export function sampleSlice(
  volume: Volume,
  labelMap: LabelMap,
  parts: PartsOfLabels,
  lattice: PatientLattice,
  plane: PatientPlane,
  field: FieldOfView,
  position: number,
): SampledSlice {
  const across = coverField(lattice, plane.across, field.acrossCentre, field.acrossSide)
  const down = coverField(lattice, plane.down, field.downCentre, field.downSide)
  const columns = across.positions.length
  const rows = down.positions.length
  const intensities = new Float32Array(columns * rows).fill(Number.NaN)
  const shares = [new Float32Array(columns * rows), new Float32Array(columns * rows)] as const
  const inverse = invertAffine(volume.affine)
  const { dimensions } = volume
  const point: [number, number, number] = [0, 0, 0]
  point[plane.through] = position
  for (let row = 0; row < rows; row += 1) {
    point[plane.down.axis] = down.positions[row]!
    for (let column = 0; column < columns; column += 1) {
      point[plane.across.axis] = across.positions[column]!
      const at = row * columns + column
      samplePoint(volume, labelMap, parts, inverse, dimensions, point, at, intensities, shares)
    }
  }
  return {
    columns,
    rows,
    firstAcross: across.first,
    firstDown: down.first,
    acrossStep: across.step,
    downStep: down.step,
    intensities,
    shares,
  }
}

function samplePoint(
  volume: Volume,
  labelMap: LabelMap,
  parts: PartsOfLabels,
  inverse: readonly number[],
  [columns, rows, slices]: Vector3,
  point: Vector3,
  at: number,
  intensities: Float32Array,
  shares: readonly [Float32Array, Float32Array],
): void {
  const [x, y, z] = point
  const i = inverse[0]! * x + inverse[1]! * y + inverse[2]! * z + inverse[3]!
  const j = inverse[4]! * x + inverse[5]! * y + inverse[6]! * z + inverse[7]!
  const k = inverse[8]! * x + inverse[9]! * y + inverse[10]! * z + inverse[11]!
  const column = lowerNeighbour(i, columns)
  const line = lowerNeighbour(j, rows)
  const slice = lowerNeighbour(k, slices)
  if (column < 0 || line < 0 || slice < 0) return
  const columnUpper = upperWeight(i, columns, column)
  const lineUpper = upperWeight(j, rows, line)
  const sliceUpper = upperWeight(k, slices, slice)
  let intensity = 0
  for (let corner = 0; corner < 8; corner += 1) {
    const right = corner & 1
    const below = (corner >> 1) & 1
    const above = corner >> 2
    const weight =
      (right ? columnUpper : 1 - columnUpper) *
      (below ? lineUpper : 1 - lineUpper) *
      (above ? sliceUpper : 1 - sliceUpper)
    if (weight === 0) continue
    const index = column + right + columns * (line + below + rows * (slice + above))
    intensity += weight * volume.intensities[index]!
    const part = parts[labelMap.labels[index]!]!
    if (part >= 0) shares[part as 0 | 1][at]! += weight
  }
  intensities[at] = intensity
}
