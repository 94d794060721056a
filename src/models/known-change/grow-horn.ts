import { spacingOf } from '../../volume/patient-affine.ts'
import { drawFoundFluid, type Fluid } from './fluid.ts'
import { apartMm, type KnownChange } from './known-change.ts'
import { fieldOfLabel, scanOfShares, shareInside } from './occupancy.ts'
import type { HippocampusPatch } from './patch.ts'
import { sampleAt } from './sample-at.ts'
import { separateTissues } from './separate-tissues.ts'
import { describeSurroundings, smoothStep } from './surroundings.ts'

/** Tissue is compressed up to this distance from the label, millimetres. */
const reachMm = 12

/**
 * Enlarges the temporal horn by the given millimetres on the lateral and upper side of the
 * hippocampus: fluid as found in the image fills it, and the tissue beyond is pushed outwards up to
 * 12 mm. The hippocampus keeps every voxel: the true ratio is 1.
 */
export function growHorn(
  patch: HippocampusPatch,
  fluid: Fluid,
  mm: number,
  random: () => number,
): KnownChange {
  const { grid, label, intensities } = patch
  const { dimensions } = grid
  const [columns, rows] = dimensions
  const spacing = spacingOf(grid.affine)
  const { distance, hornSide, outward } = describeSurroundings(patch)
  const occupancy = scanOfShares(shareInside(fieldOfLabel(label, grid), grid), grid)
  const pure = separateTissues(patch, occupancy)
  const changed = intensities.slice()
  for (let at = 0; at < changed.length; at++) {
    const away = Math.max(0, distance[at]!)
    const growth = mm * hornSide[at]!
    if (away >= reachMm || growth < 1e-3 || occupancy[at]! > 0.999) continue
    const pushed = (growth * (reachMm - away)) / (reachMm - growth)
    const back = Math.min(away, pushed)
    const from = (axis: number, voxel: number) =>
      voxel - (back * outward[3 * at + axis]!) / spacing[axis]!
    const [x, y, z] = [
      from(0, at % columns),
      from(1, Math.floor(at / columns) % rows),
      from(2, Math.floor(at / (columns * rows))),
    ]
    const apart = smoothStep(0, apartMm, growth)
    const pushedTissue = sampleAt(intensities, dimensions, x, y, z)
    const pureTissue = sampleAt(pure.outside, dimensions, x, y, z)
    const base = pushedTissue + apart * (pureTissue - pushedTissue)
    const own = intensities[at]! + apart * (pure.inside[at]! - intensities[at]!)
    // A millimetre of partial volume at the far wall of the horn; none for very small growth.
    const share = apart * Math.min(1, Math.max(0, 0.5 + growth - away))
    const beside = base + (share > 0 ? share * (drawFoundFluid(fluid, random) - base) : 0)
    changed[at] = beside + occupancy[at]! * (own - beside)
  }
  return { intensities: changed, occupancy, ratio: 1 }
}
