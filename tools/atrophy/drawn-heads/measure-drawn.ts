import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Segmenter } from '../../../src/inference/segmenter.ts'
import { measureHippocampus } from '../../../src/measurement/measure-hippocampus.ts'
import { seededRandom, seedOf } from '../../../src/models/known-change/seeded-random.ts'
import { readNifti } from '../../../src/nifti/read-nifti.ts'
import type { Vector3, Volume } from '../../../src/volume/grid.ts'
import { middleOfLabels } from '../../../src/volume/label-box.ts'
import { cutPart, partWithin } from '../../../src/volume/part-of-grid.ts'
import { voxelVolumeOf } from '../../../src/volume/patient-affine.ts'
import { toVector3 } from '../../../src/volume/vector3.ts'
import { bothSides, type MeasureSides, type Side } from '../known-case.ts'
import { type DrawnHead, drawHead } from './draw-head.ts'

export const hippocampusNumbers = { left: 17, right: 53 } as const

/** One hippocampus of a drawn head, as one model measured it. */
export interface DrawnMeasurement {
  readonly model: string
  readonly map: string
  readonly side: Side
  readonly trueMm3: number
  readonly measuredMm3: number
  /** As a whole head, or in a box around the label if the product rejected the head. */
  readonly how: 'head' | 'crop'
}

export interface DrawnRun {
  readonly measurements: readonly DrawnMeasurement[]
  readonly notMeasured: readonly {
    readonly model: string
    readonly map: string
    readonly reason: string
  }[]
}

export interface DrawnModel {
  readonly model: string
  readonly segmenter: Segmenter
  readonly measureHead: MeasureSides
}

/** The left hippocampus of this map is cut off by its field of view. */
const isUsable = (map: string, side: Side) => !(map === '07' && side === 'left')

/** Left-right, along, up: the crops of training, millimetres. */
const boxMm: Vector3 = [36, 50, 36]

/** The voxels around a labelled hippocampus, as large a box as the product would cut. */
function cutAround({ volume, labels }: DrawnHead, number: number): Volume {
  const marked = Uint8Array.from(labels, (label) => (label === number ? 1 : 0))
  const middle = middleOfLabels(marked, volume)!
  const corner = toVector3(middle.map((mm, axis) => mm - (boxMm[axis]! - 1) / 2))
  const [x, y, z] = corner
  const box = { dimensions: boxMm, affine: [1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z, 0, 0, 0, 1] }
  return cutPart(volume, partWithin(volume, box)!)
}

async function measureInBoxes(drawn: DrawnHead, segmenter: Segmenter) {
  const measured: Partial<Record<Side, number>> = {}
  for (const side of bothSides) {
    const crop = cutAround(drawn, hippocampusNumbers[side])
    const { labelMap } = await segmenter.segment(crop, { side })
    measured[side] = measureHippocampus(labelMap, side).totalMm3
  }
  return measured
}

const mapName = /^seg_(.+)\.nii(\.gz)?$/i

/** Draws a head from every label map seg_NN of a folder and measures it with every model. */
export async function measureDrawn(
  folder: string,
  only: ReadonlySet<string> | undefined,
  models: readonly DrawnModel[],
  onMap: (map: string) => void,
): Promise<DrawnRun> {
  const measurements: DrawnMeasurement[] = []
  const notMeasured: DrawnRun['notMeasured'][number][] = []
  for (const file of readdirSync(folder).sort()) {
    const map = mapName.exec(file)?.[1]
    if (map === undefined || (only !== undefined && !only.has(map))) continue
    const { volume } = readNifti(readFileSync(join(folder, file)))
    const drawn = drawHead(volume, seededRandom(seedOf('drawn', map)))
    const voxelMm3 = voxelVolumeOf(drawn.volume.affine)
    for (const { model, segmenter, measureHead } of models) {
      let how: DrawnMeasurement['how'] = 'head'
      // The image itself contains all required facts.
      const known = {
        name: map,
        kind: 'head',
        volume: drawn.volume,
        labels: new Uint8Array(),
      } as const
      const measured = await measureHead(drawn.volume, { ...known, hippocampi: [] }).catch(
        (error: Error) => {
          how = 'crop'
          notMeasured.push({ model, map, reason: error.message })
          return measureInBoxes(drawn, segmenter)
        },
      )
      for (const side of bothSides) {
        if (!isUsable(map, side)) continue
        const number = hippocampusNumbers[side]
        const voxels = drawn.labels.reduce((n, label) => n + (label === number ? 1 : 0), 0)
        const measuredMm3 = measured[side] ?? 0
        measurements.push({ model, map, side, trueMm3: voxels * voxelMm3, measuredMm3, how })
      }
    }
    onMap(map)
  }
  return { measurements, notMeasured }
}
