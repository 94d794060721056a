import { toVector3 } from '../../src/volume/vector3.ts'
import type { Template } from './read-template.ts'

type Vector3 = readonly [number, number, number]

/** A stack of slices through a template, in steps along its voxel axes. */
export interface Cut {
  readonly columns: number
  readonly rows: number
  readonly slices: number
  /** Voxel in the corner of the first slice. */
  readonly start: Vector3
  /** Voxels from one column, row or slice to the next. */
  readonly columnStep: Vector3
  readonly rowStep: Vector3
  readonly sliceStep: Vector3
  /** Voxel layers averaged into one slice, along the direction of sliceStep. */
  readonly layers: number
}

export interface CutSlice {
  /** Row by row; the template's 0..255 times 4, as 12-bit scanners store. */
  readonly pixels: Int16Array
  /** Centre of the first pixel, and the directions of rows and columns, LPS. */
  readonly imagePosition: Vector3
  readonly imageOrientation: readonly number[]
}

const unit = (step: Vector3) => toVector3(step.map(Math.sign))
const toLps = (step: Vector3) => [-step[0] || 0, -step[1] || 0, step[2]] as const
const move = (from: Vector3, step: Vector3, times: number) =>
  [from[0] + step[0] * times, from[1] + step[1] * times, from[2] + step[2] * times] as const

/** Cuts a template into DICOM's planes; voxels outside it are 0. */
export function cutSlices(template: Template, cut: Cut): CutSlice[] {
  const along = unit(cut.sliceStep)
  const imageOrientation = [...toLps(unit(cut.columnStep)), ...toLps(unit(cut.rowStep))]
  return Array.from({ length: cut.slices }, (_, slice) => {
    const corner = move(cut.start, cut.sliceStep, slice)
    const pixels = new Int16Array(cut.columns * cut.rows)
    for (let row = 0; row < cut.rows; row++) {
      for (let column = 0; column < cut.columns; column++) {
        const voxel = move(move(corner, cut.rowStep, row), cut.columnStep, column)
        let sum = 0
        for (let layer = 0; layer < cut.layers; layer++) {
          sum += template.at(...move(voxel, along, layer))
        }
        pixels[row * cut.columns + column] = Math.round((4 * sum) / cut.layers)
      }
    }
    const center = toLps(move(corner, along, (cut.layers - 1) / 2))
    return { pixels, imagePosition: move(template.origin, center, 1), imageOrientation }
  })
}
