import { toVector3 } from '../../src/volume/vector3.ts'
import type { Template } from '../sample-study/read-template.ts'

export type Vector3 = readonly [number, number, number]

/** Source position of a point of the changed head in the unchanged one; voxels of the template. */
export type Warp = (point: Vector3) => Vector3

/** Full strength to this distance from the label, none beyond the other; voxels, which are millimetres. */
const near = 4
const far = 16

interface Box {
  readonly from: Vector3
  readonly size: Vector3
}

function boxAround(atlas: Template, label: number): Box & { readonly center: Vector3 } {
  const [columns, rows, slices] = atlas.dimensions
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  const sum = [0, 0, 0]
  let count = 0
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        if (atlas.at(i, j, k) !== label) continue
        count += 1
        for (const [axis, at] of [i, j, k].entries()) {
          low[axis] = Math.min(low[axis]!, at)
          high[axis] = Math.max(high[axis]!, at)
          sum[axis]! += at
        }
      }
    }
  }
  if (count === 0) throw new Error(`The atlas has no label ${label}.`)
  const margin = far + 2
  return {
    from: toVector3(low.map((at) => at - margin)),
    size: toVector3(high.map((at, axis) => at - low[axis]! + 1 + 2 * margin)),
    center: toVector3(sum.map((at) => at / count)),
  }
}

/** Squared distance of every voxel of a box from the label, one axis after the other (exact). */
function squaredDistances(atlas: Template, label: number, { from, size }: Box): Float32Array {
  const [width, height, depth] = size
  const distances = new Float32Array(width * height * depth).fill(1e9)
  for (let k = 0, index = 0; k < depth; k++) {
    for (let j = 0; j < height; j++) {
      for (let i = 0; i < width; i++, index++) {
        if (atlas.at(from[0] + i, from[1] + j, from[2] + k) === label) distances[index] = 0
      }
    }
  }
  for (const [length, step] of [
    [width, 1],
    [height, width],
    [depth, width * height],
  ] as const) {
    const line = new Float32Array(length)
    for (let start = 0; start < distances.length; start++) {
      if (Math.floor(start / step) % length !== 0) continue
      for (let at = 0; at < length; at++) line[at] = distances[start + at * step]!
      for (let at = 0; at < length; at++) {
        let least = line[at]!
        for (let other = 0; other < length; other++) {
          const candidate = line[other]! + (at - other) ** 2
          if (candidate < least) least = candidate
        }
        distances[start + at * step] = least
      }
    }
  }
  return distances
}

/** How much of the change is left at a distance from the label, voxels or mm: 1 to 0. */
export function fadeBeyond(distance: number): number {
  if (distance <= near) return 1
  if (distance >= far) return 0
  return 0.5 * (1 + Math.cos((Math.PI * (distance - near)) / (far - near)))
}

/**
 * A smooth change of the head in which the label of an atlas, with 4 mm around it, shrinks about
 * its centre to a share of its volume (exactly, by a uniform scaling), fading out over the next 12
 * mm.
 */
export function makeShrinking(atlas: Template, label: number): (share: number) => Warp {
  const box = boxAround(atlas, label)
  const { from, size, center } = box
  const weights = squaredDistances(atlas, label, box).map((square) => fadeBeyond(Math.sqrt(square)))
  const weightOf = (point: Vector3): number => {
    const [x, y, z] = point.map((at, axis) => at - from[axis]!) as [number, number, number]
    const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)]
    if (i < 0 || j < 0 || k < 0) return 0
    if (i >= size[0] - 1 || j >= size[1] - 1 || k >= size[2] - 1) return 0
    let sum = 0
    for (let corner = 0; corner < 8; corner++) {
      const [a, b, c] = [corner & 1, (corner >> 1) & 1, corner >> 2]
      const share = (a ? x - i : 1 - x + i) * (b ? y - j : 1 - y + j) * (c ? z - k : 1 - z + k)
      sum += share * weights[i + a + size[0] * (j + b + size[1] * (k + c))]!
    }
    return sum
  }
  return (share) => {
    const stretch = share ** (-1 / 3) - 1
    return (point) => {
      const weight = weightOf(point) * stretch
      return weight === 0
        ? point
        : toVector3(point.map((at, axis) => at + weight * (at - center[axis]!)))
    }
  }
}
