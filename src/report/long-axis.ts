import type { LabelMap, Volume } from '../volume/grid.ts'
import { findLabelledRange } from '../volume/labelled-range.ts'

/** Steepest plausible tilt, degrees: hippocampi rise by 10 to 50 towards their tails. */
const steepest = 60
const rounds = 60

/**
 * Tilt of the long axis of some labels towards the back, in the patient's sagittal plane, radians:
 * the first principal axis of their voxels (LPS millimetres). 0 if nothing is labelled.
 */
export function measureRise({ labels, affine, dimensions }: LabelMap, wanted: readonly number[]) {
  const [columns, rows] = dimensions
  const isWanted = new Uint8Array(256)
  for (const label of wanted) isWanted[label] = 1
  isWanted[0] = 0
  let [count, y, z, yy, yz, zz] = [0, 0, 0, 0, 0, 0]
  const { first, end } = findLabelledRange(labels, wanted)
  for (let index = first; index < end; index += 1) {
    if (isWanted[labels[index]!] === 0) continue
    const column = index % columns
    const row = Math.floor(index / columns) % rows
    const slice = Math.floor(index / (columns * rows))
    const at = (base: number) =>
      affine[base]! * column +
      affine[base + 1]! * row +
      affine[base + 2]! * slice +
      affine[base + 3]!
    const [back, up] = [at(4), at(8)]
    count += 1
    y += back
    z += up
    yy += back * back
    yz += back * up
    zz += up * up
  }
  if (count === 0) return 0
  const [meanY, meanZ] = [y / count, z / count]
  const vary = yy / count - meanY * meanY
  const covary = yz / count - meanY * meanZ
  const rise = zz / count - meanZ * meanZ
  let [along, upward] = [1, 0]
  for (let round = 0; round < rounds; round += 1) {
    const [nextAlong, nextUpward] = [vary * along + covary * upward, covary * along + rise * upward]
    const length = Math.hypot(nextAlong, nextUpward)
    if (!(length > 0)) return 0
    along = nextAlong / length
    upward = nextUpward / length
  }
  const angle = Math.atan2(upward, along)
  return Math.abs(angle) > (steepest * Math.PI) / 180 ? 0 : angle
}

/** A volume and its label map with the patient rotated about the left-right axis. */
export interface TurnedImages {
  readonly volume: Volume
  readonly labelMap: LabelMap
  readonly degrees: number
}

/**
 * Rotates patient coordinates so that the hippocampi's long axes are along y: a coronal plane of
 * the rotated patient is at right angles to them, as far as they are parallel. `sides` are the
 * labels of each. Only the affines change; no voxel is resampled here.
 */
export function turnToLongAxis(
  { volume, labelMap }: { readonly volume: Volume; readonly labelMap: LabelMap },
  sides: readonly (readonly number[])[],
): TurnedImages {
  const rises = sides.map((labels) => measureRise(labelMap, labels))
  const angle = rises.reduce((sum, rise) => sum + rise, 0) / Math.max(1, rises.length)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const turn = (affine: Volume['affine']): Volume['affine'] => {
    const row = (base: number) => affine.slice(base, base + 4)
    const [back, up] = [row(4), row(8)]
    return [
      ...row(0),
      ...back.map((value, column) => cos * value + sin * up[column]!),
      ...up.map((value, column) => cos * value - sin * back[column]!),
      0,
      0,
      0,
      1,
    ] as unknown as Volume['affine']
  }
  return {
    volume: { ...volume, affine: turn(volume.affine) },
    labelMap: { ...labelMap, affine: turn(labelMap.affine) },
    degrees: (angle * 180) / Math.PI,
  }
}
