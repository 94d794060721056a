import type { Affine, Vector3 } from '../volume/grid.ts'
import { affineFromColumns, determinantOf } from '../volume/patient-affine.ts'
import { type NiftiHeader, unreadable } from './nifti-header.ts'

/** From rows of a RAS affine (three times four numbers) to LPS: x and y change sign. */
function toLps(rasRows: readonly number[], unit: number): Affine {
  const scaled = rasRows.map((value, i) => (i < 8 ? 0 - value : value) * unit)
  return [...scaled, 0, 0, 0, 1]
}

/** Method 2 of nifti1.h: a rotation given as a unit quaternion, voxel sizes and an offset. */
function composeQform({ quaternion: [b, c, d], pixdim, qoffset }: NiftiHeader): number[] {
  const squares = b * b + c * c + d * d
  // Single precision may leave a sum of squares a little over 1 for half turns.
  if (!(squares < 1.001)) throw unreadable('its qform holds no rotation')
  const norm = Math.max(1, Math.sqrt(squares))
  const [x, y, z] = [b / norm, c / norm, d / norm]
  const w = Math.sqrt(Math.max(0, 1 - (x * x + y * y + z * z)))
  const qfac = pixdim[0]! < 0 ? -1 : 1
  const rotation: readonly Vector3[] = [
    [w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), w * w + y * y - x * x - z * z, 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), w * w + z * z - x * x - y * y],
  ]
  const sizes = [pixdim[1]!, pixdim[2]!, pixdim[3]! * qfac]
  return rotation.flatMap((row, i) => [
    row[0] * sizes[0]!,
    row[1] * sizes[1]!,
    row[2] * sizes[2]!,
    qoffset[i]!,
  ])
}

const millimetresPerUnit: Readonly<Record<number, number>> = { 0: 1, 1: 1000, 2: 1, 3: 0.001 }

/**
 * The affine from voxel indices to LPS millimetres. A NIfTI file may say it three ways (nifti1.h): the
 * sform counts first, then the qform, then the bare voxel sizes along R, A, S. Throws NIFTI_UNREADABLE.
 */
export function readNiftiAffine(header: NiftiHeader): Affine {
  const { pixdim, sformCode, qformCode, srow } = header
  const bare = affineFromColumns(
    [
      [pixdim[1]!, 0, 0],
      [0, pixdim[2]!, 0],
      [0, 0, pixdim[3]!],
    ],
    [0, 0, 0],
  ).slice(0, 12)
  const rasRows = sformCode > 0 ? srow : qformCode > 0 ? composeQform(header) : bare
  const affine = toLps(rasRows, millimetresPerUnit[header.spatialUnit] ?? 1)
  const determinant = determinantOf(affine)
  if (!affine.every(Number.isFinite) || !(Math.abs(determinant) > 1e-9)) {
    throw unreadable('it does not say how large its voxels are or how they lie')
  }
  return affine
}
