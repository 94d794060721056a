import { readFileSync } from 'node:fs'
import type { Affine, Vector3 } from '../volume/grid.ts'
import { voxelToPatient } from '../volume/patient-affine.ts'
import { toVector3 } from '../volume/vector3.ts'

/** Points in the template's brain, LPS mm of the template, and their intensities. */
export interface TemplatePoints {
  /** x, y, z of each point in turn. */
  readonly positions: Float32Array
  readonly intensities: Float32Array
}

/** The brain's points every 4 mm at one smoothing. */
export interface TemplateLevel {
  readonly smoothingMm: number
  /** Every `step`-th point along each axis. */
  readonly pick: (step: number) => TemplatePoints
  /** The same without points at the brain's surface, which the skull influences. */
  readonly pickInner: (step: number) => TemplatePoints
}

/**
 * The average head that others are registered to; models/head-template/README.md names its source.
 */
export interface Template {
  /** From sharp to blurred. */
  readonly levels: readonly [TemplateLevel, TemplateLevel, TemplateLevel]
  /** Middle of the brain, LPS mm of the template. */
  readonly center: Vector3
  /** Centres of the boxes around the hippocampi, LPS mm of the template. */
  readonly hippocampi: { readonly left: Vector3; readonly right: Vector3 }
  readonly intracranialVolumeMm3: number
}

interface TemplateHeader {
  readonly dimensions: Vector3
  readonly affine: Affine
  readonly smoothingsMm: readonly [number, number, number]
  readonly hippocampi: { readonly left: Vector3; readonly right: Vector3 }
  readonly intracranialVolumeMm3: number
}

/** Depth of the skull's influence in a blurred brain, voxels of 4 mm. */
const surfaceVoxels = 2

const folder = new URL('../../models/head-template/', import.meta.url)

function pickPoints(
  { dimensions, affine }: TemplateHeader,
  brain: Uint8Array,
  values: Uint8Array,
  step: number,
): TemplatePoints {
  const [columns, rows, slices] = dimensions
  const positions: number[] = []
  const intensities: number[] = []
  // From the middle of each axis, so that left and right are sampled symmetrically.
  const first = toVector3(dimensions.map((size) => ((size - 1) / 2) % step))
  for (let k = Math.floor(first[2]); k < slices; k += step) {
    for (let j = Math.floor(first[1]); j < rows; j += step) {
      for (let i = Math.floor(first[0]); i < columns; i += step) {
        const at = i + columns * (j + rows * k)
        if (brain[at] === 0) continue
        positions.push(...voxelToPatient(affine, [i, j, k]))
        intensities.push(values[at]!)
      }
    }
  }
  return { positions: Float32Array.from(positions), intensities: Float32Array.from(intensities) }
}

/** Samples the points of each step once, because all heads use the same ones. */
function keepPicked(pick: (step: number) => TemplatePoints): (step: number) => TemplatePoints {
  const picked = new Map<number, TemplatePoints>()
  return (step) => {
    const points = picked.get(step) ?? pick(step)
    picked.set(step, points)
    return points
  }
}

/** The voxels of the mask further than `reach` voxels from its outside. */
function erode(mask: Uint8Array, [columns, rows, slices]: Vector3, reach: number): Uint8Array {
  const steps: Vector3[] = []
  for (let k = -reach; k <= reach; k++) {
    for (let j = -reach; j <= reach; j++) {
      for (let i = -reach; i <= reach; i++) {
        if (i * i + j * j + k * k <= reach * reach) steps.push([i, j, k])
      }
    }
  }
  const isIn = (i: number, j: number, k: number) =>
    i >= 0 &&
    j >= 0 &&
    k >= 0 &&
    i < columns &&
    j < rows &&
    k < slices &&
    mask[i + columns * (j + rows * k)] !== 0
  return mask.map((value, at) => {
    const row = Math.floor(at / columns)
    const [x, y, z] = [at % columns, row % rows, Math.floor(row / rows)]
    return value !== 0 && steps.every(([i, j, k]) => isIn(x + i, y + j, z + k)) ? 1 : 0
  })
}

function middleOf({ positions }: TemplatePoints): Vector3 {
  const sum = [0, 0, 0]
  positions.forEach((value, i) => {
    sum[i % 3]! += value
  })
  const at = (axis: number) => sum[axis]! / (positions.length / 3)
  return [at(0), at(1), at(2)]
}

/** Reads the template that ships with the product. */
export function readTemplate(): Template {
  const header = JSON.parse(
    readFileSync(new URL('head-template.json', folder), 'utf8'),
  ) as TemplateHeader
  // Not compressed: terminating a thread inside zlib aborts the whole process (Node 24.21).
  const content = readFileSync(new URL('head-template.u8', folder))
  const voxels = header.dimensions.reduce((product, size) => product * size, 1)
  const plane = (index: number) => content.subarray(index * voxels, (index + 1) * voxels)
  const brain = plane(0)
  const inner = erode(brain, header.dimensions, surfaceVoxels)
  const level = (index: 0 | 1 | 2): TemplateLevel => ({
    smoothingMm: header.smoothingsMm[index],
    pick: keepPicked((step) => pickPoints(header, brain, plane(index + 1), step)),
    pickInner: keepPicked((step) => pickPoints(header, inner, plane(index + 1), step)),
  })
  const levels = [level(0), level(1), level(2)] as const
  const { hippocampi, intracranialVolumeMm3 } = header
  return { levels, center: middleOf(levels[0].pick(1)), hippocampi, intracranialVolumeMm3 }
}
