import { readFileSync } from 'node:fs'
import type { Segmenter } from '../../src/inference/segmenter.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { affineColumn, voxelToPatient, voxelVolumeOf } from '../../src/volume/patient-affine.ts'

/** One hippocampus of a head with labels of another method: its volume there, and the model's. */
export interface LabelledVolume {
  readonly side: 'left' | 'right'
  readonly theirsMm3: number
  /** Mean over boxes. */
  readonly oursMm3: number
  readonly boxes: readonly number[]
}

/** Side, front to back, height of the boxes of training, mm along LPS x, y, z. */
const boxMm: Vector3 = [36, 50, 36]
const shifts: readonly Vector3[] = [
  [0, 0, 0],
  [3, -4, 2],
  [-3, 4, -2],
]

/** The part of a volume around a voxel, its axes as they are. */
function cutBox(volume: Volume, middle: Vector3): Volume {
  const { dimensions, affine, intensities } = volume
  const halves = [0, 1, 2].map((axis) => {
    const direction = affineColumn(affine, axis)
    const along = direction.findIndex(
      (value) => Math.abs(value) === Math.max(...direction.map(Math.abs)),
    )
    return boxMm[along]! / 2 / Math.hypot(...direction)
  })
  const from = middle.map((value, axis) => Math.max(0, Math.round(value - halves[axis]!)))
  const to = middle.map((value, axis) =>
    Math.min(dimensions[axis]! - 1, Math.round(value + halves[axis]!)),
  )
  const size = from.map((start, axis) => to[axis]! - start + 1) as unknown as Vector3
  const cut = new Float32Array(size[0] * size[1] * size[2])
  for (let k = 0, at = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      const row = from[0]! + dimensions[0] * (from[1]! + j + dimensions[1] * (from[2]! + k))
      cut.set(intensities.subarray(row, row + size[0]), at)
      at += size[0]
    }
  }
  const origin = voxelToPatient(affine, from as unknown as Vector3)
  const moved = [...affine]
  for (const axis of [0, 1, 2]) moved[4 * axis + 3] = origin[axis]!
  return { dimensions: size, affine: moved as unknown as Volume['affine'], intensities: cut }
}

/**
 * Measures both hippocampi of a whole head in boxes around the middle of the labels of another method
 * (1 left, 2 right), three boxes a side, shifted by up to 4 mm.
 */
export async function segmentLabelledHead(
  imagePath: string,
  labelPath: string,
  segmenter: Segmenter,
): Promise<readonly LabelledVolume[]> {
  const { volume } = readNifti(readFileSync(imagePath))
  const labels = readNifti(readFileSync(labelPath)).volume
  const [columns, rows] = labels.dimensions
  const found: LabelledVolume[] = []
  for (const [index, side] of (['left', 'right'] as const).entries()) {
    const sums = [0, 0, 0]
    let count = 0
    for (let at = 0; at < labels.intensities.length; at++) {
      if (labels.intensities[at] !== index + 1) continue
      const voxel = [
        at % columns,
        Math.floor(at / columns) % rows,
        Math.floor(at / (columns * rows)),
      ]
      for (const axis of [0, 1, 2]) sums[axis]! += voxel[axis]!
      count++
    }
    const boxes: number[] = []
    for (const shift of shifts) {
      const middle = sums.map((sum, axis) => sum / count + shift[axis]!) as unknown as Vector3
      const { labelMap } = await segmenter.segment(cutBox(volume, middle), { side })
      boxes.push(measureHippocampus(labelMap, side).totalMm3)
    }
    const oursMm3 = boxes.reduce((sum, mm3) => sum + mm3, 0) / boxes.length
    found.push({ side, theirsMm3: count * voxelVolumeOf(labels.affine), oursMm3, boxes })
  }
  return found
}
