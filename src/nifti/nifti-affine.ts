import type { Affine, Vector3 } from '../volume/grid.ts'
import { determinantOf } from '../volume/patient-affine.ts'
import { findContradiction, findOtherSize } from './compare-forms.ts'
import { type NiftiHeader, unreadable } from './nifti-header.ts'

/** From rows of a RAS affine (three times four numbers) to LPS: x and y change sign. */
function toLps(rasRows: readonly number[], unit: number): Affine {
  const scaled = rasRows.map((value, i) => (i < 8 ? 0 - value : value) * unit)
  return [...scaled, 0, 0, 0, 1]
}

/** Method 2 of nifti1.h: a rotation given as a unit quaternion, voxel sizes and an offset; undefined for no rotation. */
function composeQform(header: NiftiHeader): number[] | undefined {
  const { quaternion, pixdim, qoffset } = header
  const [b, c, d] = quaternion
  const squares = b * b + c * c + d * d
  // Single precision may leave a sum of squares a little over 1 for half turns.
  if (!(squares < 1.001)) return undefined
  const norm = Math.max(1, Math.sqrt(squares))
  const [x, y, z] = [b / norm, c / norm, d / norm]
  const w = Math.sqrt(Math.max(0, 1 - (x * x + y * y + z * z)))
  const qfac = pixdim[0]! < 0 ? -1 : 1
  const rotation: readonly Vector3[] = [
    [w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), w * w + y * y - x * x - z * z, 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), w * w + z * z - x * x - y * y],
  ]
  // Sizes are lengths: a negative size must not mirror the head.
  const [width, height, depth] = pixdim.slice(1, 4).map(Math.abs)
  const sizes = [width!, height!, depth! * qfac]
  return rotation.flatMap((row, i) => [
    row[0] * sizes[0]!,
    row[1] * sizes[1]!,
    row[2] * sizes[2]!,
    qoffset[i]!,
  ])
}

const millimetresPerUnit: Readonly<Record<number, number>> = { 0: 1, 1: 1000, 2: 1, 3: 0.001 }

/** Position of a file's voxels, and whether the file states it. */
export interface NiftiPlacement {
  /** Voxel indices to LPS millimetres. */
  readonly affine: Affine
  /** False where neither sform nor qform counts: the axes are only assumed to run along R, A, S. */
  readonly isStated: boolean
  /** Sentences about unused or contradictory parts of the header. */
  readonly notes: readonly string[]
}

const isPlacing = (affine: Affine | undefined): affine is Affine =>
  affine?.every(Number.isFinite) === true && Math.abs(determinantOf(affine)) > 1e-9

/** The affine of bare voxel sizes, RAS rows. */
function composeBare({ pixdim }: NiftiHeader): number[] {
  const [x, y, z] = [Math.abs(pixdim[1]!), Math.abs(pixdim[2]!), Math.abs(pixdim[3]!)]
  return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0]
}

/**
 * The affine from voxel indices to LPS millimetres. A NIfTI file may state it in three ways
 * (nifti1.h): the sform counts first, then the qform, then the bare voxel sizes along R, A, S,
 * which do not give the orientation. A singular or damaged form is skipped. Throws
 * NIFTI_UNREADABLE.
 */
export function placeNifti(header: NiftiHeader): NiftiPlacement {
  const { sformCode, qformCode, srow } = header
  const unit = millimetresPerUnit[header.spatialUnit] ?? 1
  const sform = sformCode > 0 ? toLps(srow, unit) : undefined
  const qformRows = qformCode > 0 ? composeQform(header) : undefined
  const qform = qformRows && toLps(qformRows, unit)
  if (isPlacing(sform)) {
    const contradiction = isPlacing(qform)
      ? findContradiction(sform, qform, sformCode)
      : findOtherSize(sform, toLps(composeBare(header), unit))
    return { affine: sform, isStated: true, notes: contradiction ? [contradiction] : [] }
  }
  if (isPlacing(qform)) {
    const notes = sform ? ['The sform of the file is singular; its qform is used.'] : []
    return { affine: qform, isStated: true, notes }
  }
  const bare = toLps(composeBare(header), unit)
  if (sform !== undefined || qformCode > 0 || !isPlacing(bare)) {
    throw unreadable('it does not state the size and orientation of its voxels')
  }
  return { affine: bare, isStated: false, notes: [] }
}
