import type { HeadFrame } from '../../src/longitudinal/half-way-frame.ts'
import type { Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'

/** A scan on 2 mm voxels of a head that a function describes at points of its own, mm, through a frame. */
export function scanHead(
  show: (point: Vector3) => number,
  { axes, origin }: HeadFrame,
  grid: Grid,
  brightness: (point: Vector3) => number = () => 1,
): Volume {
  const [columns, rows, slices] = grid.dimensions
  const intensities = new Float32Array(columns * rows * slices)
  for (let at = 0; at < intensities.length; at++) {
    const voxel: Vector3 = [
      at % columns,
      Math.floor(at / columns) % rows,
      Math.floor(at / (columns * rows)),
    ]
    const place = voxelToPatient(grid.affine, voxel)
    const way = place.map((mm, axis) => mm - origin[axis]!)
    const point = [0, 1, 2].map((i) =>
      way.reduce((sum, mm, axis) => sum + axes[3 * axis + i]! * mm, 0),
    ) as unknown as Vector3
    intensities[at] = show(point) * brightness(place)
  }
  return { ...grid, intensities }
}

/** Something that has an edge in every direction: waves under a soft ball of 28 mm. */
export function waves([x, y, z]: Vector3): number {
  const within = 1 / (1 + Math.exp((Math.hypot(x, y, z) - 28) / 2))
  return 100 * within * (2 + Math.sin(x / 5) + Math.sin(y / 6 + 1) + Math.cos(z / 7 + x / 11))
}
