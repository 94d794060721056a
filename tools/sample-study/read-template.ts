import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { toVector3 } from '../../src/volume/vector3.ts'

type Vector3 = readonly [number, number, number]

/** A NIfTI template of bytes on a 1 mm grid whose axes run to the right, anterior and superior. */
export interface Template {
  readonly dimensions: Vector3
  /** Patient position of voxel (0, 0, 0) in LPS millimetres. */
  readonly origin: Vector3
  at(i: number, j: number, k: number): number
}

/**
 * Reads one of Debian's mricron-data templates. Accepts only the format of these files: NIfTI-1,
 * bytes, 1 mm, and an s-form without rotation with axes R, A, S; throws a sentence otherwise.
 */
export function readTemplate(path: string): Template {
  const bytes = gunzipSync(readFileSync(path))
  const header = new DataView(bytes.buffer, bytes.byteOffset, 348)
  const float = (offset: number) => header.getFloat32(offset, true)
  const row = (offset: number) => [0, 4, 8, 12].map((step) => float(offset + step))
  const [x, y, z] = [row(280), row(296), row(312)] as [number[], number[], number[]]
  const rotation = [...x.slice(0, 3), ...y.slice(0, 3), ...z.slice(0, 3)]
  const isUpright = rotation.every((value, index) => value === (index % 4 === 0 ? 1 : 0))
  const datatype = header.getInt16(70, true)
  if (header.getInt32(0, true) !== 348 || datatype !== 2 || !isUpright) {
    throw new Error(`${path} is not the 1 mm template of the sample study.`)
  }
  const size = [42, 44, 46].map((offset) => header.getInt16(offset, true))
  const [columns, rows, slices] = size as [number, number, number]
  const voxels = bytes.subarray(float(108))
  return {
    dimensions: [columns, rows, slices],
    origin: [-x[3]!, -y[3]!, z[3]!],
    at: (i, j, k) => {
      const isInside = i >= 0 && j >= 0 && k >= 0 && i < columns && j < rows && k < slices
      return isInside ? voxels[i + columns * (j + rows * k)]! : 0
    },
  }
}

/**
 * The box of voxels around a label, ends included: from the 1st to the 99th percentile of its voxels
 * along each axis (an atlas label has stray tips), plus a margin. Throws when the label is absent.
 */
export function findLabelBox(
  atlas: Template,
  label: number,
  margin: number,
): { readonly from: Vector3; readonly to: Vector3 } {
  const found: [number[], number[], number[]] = [[], [], []]
  const [columns, rows, slices] = atlas.dimensions
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        if (atlas.at(i, j, k) !== label) continue
        found[0].push(i)
        found[1].push(j)
        found[2].push(k)
      }
    }
  }
  if (found[0].length === 0) throw new Error(`The atlas has no label ${label}.`)
  const percentile = (values: number[], fraction: number) =>
    values.sort((a, b) => a - b)[Math.round(fraction * (values.length - 1))]!
  const end = (fraction: number, step: number) =>
    toVector3(found.map((values) => percentile(values, fraction) + step))
  return { from: end(0.01, -margin), to: end(0.99, margin) }
}
