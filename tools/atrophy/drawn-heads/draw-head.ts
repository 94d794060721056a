import { gaussian } from '../../../src/models/known-change/seeded-random.ts'
import { smoothValues } from '../../../src/models/known-change/smooth-values.ts'
import type { Grid, Volume } from '../../../src/volume/grid.ts'
import { cutPart } from '../../../src/volume/part-of-grid.ts'
import { voxelToPatient } from '../../../src/volume/patient-affine.ts'
import { toVector3 } from '../../../src/volume/vector3.ts'
import { tissueOf } from './tissues.ts'

/** Standard deviation that white noise of 1 keeps after a blur of one voxel in three dimensions. */
const keptByBlur = (1 / (2 * Math.sqrt(Math.PI))) ** 1.5
const textureMm = 1
const partialVolumeMm = 0.55
const noise = 2.5
const marginVoxels = 4

/** The part of a grid around all labels. */
function cutLabelled(map: Volume): Volume {
  const [columns, rows] = map.dimensions
  const low = [...map.dimensions]
  const high = [0, 0, 0]
  for (let at = 0; at < map.intensities.length; at++) {
    if (map.intensities[at] === 0) continue
    const voxel = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / (columns * rows))]
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, voxel[axis]!)
      high[axis] = Math.max(high[axis]!, voxel[axis]!)
    }
  }
  const start = toVector3(low.map((at) => Math.max(0, at - marginVoxels)))
  const dimensions = toVector3(
    high.map(
      (at, axis) => Math.min(map.dimensions[axis]! - 1, at + marginVoxels) - start[axis]! + 1,
    ),
  )
  const origin = voxelToPatient(map.affine, start)
  const affine = map.affine.map((value, index) =>
    index % 4 === 3 && index < 12 ? origin[(index - 3) / 4]! : value,
  )
  return cutPart(map, { start, grid: { dimensions, affine } })
}

export interface DrawnHead {
  readonly volume: Volume
  /** The map's numbers on the volume's grid. */
  readonly labels: Float32Array
}

/**
 * Draws a T1-like head from a label map (FreeSurfer's numbers): each tissue with its mean and a
 * texture of a millimetre, blurred by the partial volume of a scan, with noise. No simulator of
 * loss is involved: the hippocampi have their original size.
 */
export function drawHead(map: Volume, random: () => number): DrawnHead {
  const { intensities: labels, ...grid } = cutLabelled(map)
  const texture = smoothValues(
    labels.map(() => gaussian(random)),
    grid,
    textureMm,
  )
  const drawn = labels.map((label, at) => {
    if (label === 0) return 0
    const { mean, spread } = tissueOf(label)
    return Math.max(0, mean + (spread * texture[at]!) / keptByBlur)
  })
  const blurred = smoothValues(drawn, grid, partialVolumeMm)
  const intensities = blurred.map((value) => Math.abs(value + noise * gaussian(random)))
  return { volume: { ...(grid as Grid), intensities }, labels }
}
