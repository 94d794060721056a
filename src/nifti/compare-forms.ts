import { orientationOf } from '../volume/axis-order.ts'
import type { Affine } from '../volume/grid.ts'
import { affineColumn, spacingOf, voxelVolumeOf } from '../volume/patient-affine.ts'
import { dot, normalize } from '../volume/vector3.ts'
import { nameOrientation } from './orientation.ts'

/** An sform of a higher code is aligned to another image or a template, and may turn the head (nifti1.h). */
const alignedFrom = 2
const sameDirection = Math.cos((5 * Math.PI) / 180)
const sameVolume = 0.01

const sizesOf = (affine: Affine) =>
  spacingOf(affine)
    .map((mm) => Number(mm.toFixed(2)))
    .join(' x ')

/**
 * A sentence about how the sform of a file contradicts its qform (both to LPS millimetres): in the
 * directions of its axes, or in the size of its voxels. The sform is used. Undefined when they
 * agree.
 */
export function findContradiction(
  sform: Affine,
  qform: Affine,
  sformCode: number,
): string | undefined {
  const [stated, other] = [orientationOf(sform), orientationOf(qform)].map(nameOrientation)
  if (stated !== other) {
    return `The sform and the qform of the file contradict each other (${stated} and ${other}). The sform is used, as NIfTI specifies: check left and right.`
  }
  const ratio = voxelVolumeOf(sform) / voxelVolumeOf(qform)
  if (Math.abs(ratio - 1) > sameVolume) {
    return `The sform and the qform of the file contradict each other (voxels of ${sizesOf(sform)} and ${sizesOf(qform)} mm). The sform is used, as NIfTI specifies: the volumes depend on it.`
  }
  const isTurned = [0, 1, 2].some(
    (axis) =>
      dot(normalize(affineColumn(sform, axis)), normalize(affineColumn(qform, axis))) <
      sameDirection,
  )
  if (!isTurned || sformCode >= alignedFrom) return undefined
  return 'The sform and the qform of the file contradict each other (they differ by a rotation). The sform is used, as NIfTI specifies.'
}

/**
 * A sentence that the voxels of an sform without a qform have another size than the file states
 * (`bare`, both to LPS millimetres), as after a registration to a template. Undefined when they
 * agree, or the file states none.
 */
export function findOtherSize(sform: Affine, bare: Affine): string | undefined {
  const ratio = voxelVolumeOf(sform) / voxelVolumeOf(bare)
  if (!Number.isFinite(ratio) || Math.abs(ratio - 1) <= sameVolume) return undefined
  return `The sform of the file gives voxels of ${sizesOf(sform)} mm, but its header states ${sizesOf(bare)} mm. The sform is used, as NIfTI specifies: the volumes depend on it.`
}
