import type { Grid, Vector3 } from '../volume/grid.ts'
import { affineColumn, spacingOf } from '../volume/patient-affine.ts'

/**
 * Points along the patient's axes at which slices are sampled: origin + index * step, LPS
 * millimetres. For a grid aligned with the patient's axes the points are its voxel centres, so that
 * the first of the two interpolations does not blur.
 */
export interface PatientLattice {
  readonly origin: Vector3
  readonly steps: Vector3
}

const alongAxis = 0.9995

/**
 * Lattice of a grid: its own spacings if it is aligned with the patient's axes, else the finest of
 * them.
 */
export function chooseLattice(grid: Grid): PatientLattice {
  const { affine } = grid
  const spacings = spacingOf(affine)
  const finest = Math.min(...spacings)
  const steps: [number, number, number] = [finest, finest, finest]
  const owners = [0, 1, 2].map((voxelAxis) => {
    const direction = affineColumn(affine, voxelAxis)
    return direction.findIndex((value) => Math.abs(value) > alongAxis * spacings[voxelAxis]!)
  })
  if (new Set(owners).size === 3 && !owners.includes(-1)) {
    owners.forEach((patientAxis, voxelAxis) => {
      steps[patientAxis] = spacings[voxelAxis]!
    })
  }
  return { origin: [affine[3]!, affine[7]!, affine[11]!], steps }
}

/** Index of the lattice point nearest to a position along one patient axis. */
export function nearestIndex(lattice: PatientLattice, axis: 0 | 1 | 2, millimetres: number) {
  return Math.round((millimetres - lattice.origin[axis]) / lattice.steps[axis])
}

/** Position of a lattice point along one patient axis, LPS millimetres. */
export function positionOf(lattice: PatientLattice, axis: 0 | 1 | 2, index: number): number {
  return lattice.origin[axis] + index * lattice.steps[axis]
}
