import type { HippocampusPatch } from '../../src/models/known-change/patch.ts'
import { sampleAt } from '../../src/models/known-change/sample-at.ts'
import { describeSurroundings } from '../../src/models/known-change/surroundings.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { fadeBeyond } from '../check-history/shrink-label.ts'

/**
 * The intensities of a patch after the hippocampus, with 4 mm around it, has shrunk about its own middle to a
 * share of its volume (exactly: there it is one scaling), fading out over the next 12 mm. Nothing gives way to
 * fluid. What is exactly 0 was cut away and stays 0.
 */
export function shrinkTogether(patch: HippocampusPatch, share: number): Float32Array {
  const { grid, label, intensities } = patch
  const [columns, rows] = grid.dimensions
  const { distance } = describeSurroundings(patch)
  const voxelAt = (at: number) =>
    toVector3([at % columns, Math.floor(at / columns) % rows, Math.floor(at / (columns * rows))])
  const sum = [0, 0, 0]
  let count = 0
  for (let at = 0; at < label.length; at++) {
    if (label[at] === 0) continue
    count += 1
    for (const [axis, place] of voxelAt(at).entries()) sum[axis]! += place
  }
  const middle = sum.map((places) => places / count)
  const stretch = share ** (-1 / 3) - 1
  return intensities.map((value, at) => {
    const weight = value === 0 ? 0 : stretch * fadeBeyond(distance[at]!)
    if (weight === 0) return value
    const [x, y, z] = toVector3(
      voxelAt(at).map((place, axis) => place + weight * (place - middle[axis]!)),
    )
    return sampleAt(intensities, grid.dimensions, x, y, z)
  })
}
