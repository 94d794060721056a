import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import type { DicomInstance } from '../../src/dicom/dicom-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { requireString } from '../../src/dicom/read-attributes.ts'
import type { SliceFacts } from '../../src/dicom/slice-facts.ts'
import type { EncodedResult } from '../../src/results/encoded-result.ts'
import { buildSegmentation } from '../../src/results/seg/segmentation.ts'
import type { HippocampusRegion } from '../../src/results/segmented-region.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { Grid, LabelMap, Vector3 } from '../../src/volume/grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import { readTemplate, type Template } from '../sample-study/read-template.ts'

/** Debian's mricron-data: the AAL atlas drawn on the head that the sample study is cut from. */
const atlasFile = '/usr/share/mricron/templates/aal.nii.gz'
const atlasLabels = { left: 37, right: 38 } as const

/** A series with a mask known voxel by voxel, and its segmentation. */
export interface OverlayCase {
  readonly name: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly files: readonly Uint8Array[]
  /** False for images that may not be shown in the documentation. */
  readonly isOurs: boolean
  /** BINARY or FRACTIONAL. */
  readonly encoding: string
  readonly segmentation: EncodedResult
  readonly regions: readonly HippocampusRegion[]
  readonly labelMap: LabelMap
  /** Source of each slice of the label map. */
  readonly slices: readonly (SliceFacts & { readonly intensities: Float32Array })[]
}

/** Draws a mask on a grid, with one label per region. */
export type DrawMask = (grid: Grid) => {
  readonly labels: Uint8Array
  readonly regions: readonly HippocampusRegion[]
}

function forEachVoxel(grid: Grid, visit: (patient: Vector3, index: number) => void): void {
  const [columns, rows, slices] = grid.dimensions
  for (let slice = 0, index = 0; slice < slices; slice++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, index++) {
        visit(voxelToPatient(grid.affine, [column, row, slice]), index)
      }
    }
  }
}

function readAtlas(atlas: Template, [x, y, z]: Vector3): number {
  const [left, posterior, superior] = atlas.origin
  return atlas.at(Math.round(left - x), Math.round(posterior - y), Math.round(z - superior))
}

const region = (
  label: number,
  side: HippocampusRegion['side'],
  part: HippocampusRegion['part'],
): HippocampusRegion => ({ label, side, part, volumeMm3: 1 })

/** The hippocampi of the AAL atlas that reach into a grid, each cut in two in the middle of its length. */
export function drawAtlasHippocampi(sides: readonly ('left' | 'right')[]): DrawMask {
  return (grid) => {
    const atlas = readTemplate(atlasFile)
    const labels = new Uint8Array(grid.dimensions[0] * grid.dimensions[1] * grid.dimensions[2])
    const regions = sides.flatMap((side, index) => {
      const [anterior, posterior] = [2 * index + 1, 2 * index + 2]
      const ends: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      const found: [number, number][] = []
      forEachVoxel(grid, (patient, voxel) => {
        if (readAtlas(atlas, patient) !== atlasLabels[side]) return
        found.push([voxel, patient[1]])
        ends[0] = Math.min(ends[0], patient[1])
        ends[1] = Math.max(ends[1], patient[1])
      })
      if (found.length === 0) throw new Error(`The atlas has no ${side} hippocampus there.`)
      const middle = (ends[0] + ends[1]) / 2
      for (const [voxel, y] of found) labels[voxel] = y < middle ? anterior : posterior
      return [region(anterior, side, 'anterior'), region(posterior, side, 'posterior')]
    })
    return { labels, regions }
  }
}

/** An asymmetric body off the centre of a grid, for series without known anatomy. */
export const drawLopsidedBody: DrawMask = (grid) => {
  const [columns, rows, slices] = grid.dimensions
  const labels = new Uint8Array(columns * rows * slices)
  for (let slice = 0, index = 0; slice < slices; slice++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, index++) {
        const [i, j, k] = [column / columns - 0.4, row / rows - 0.55, slice / slices - 0.45]
        const isInside = (i / 0.22) ** 2 + (j / 0.33) ** 2 + (k / 0.35) ** 2 <= 1
        const isNotch = i > 0.03 && j > 0.1
        if (isInside && !isNotch) labels[index] = j + 0.4 * i < 0 ? 1 : 2
      }
    }
  }
  return {
    labels,
    regions: [region(1, 'unknown', 'anterior'), region(2, 'unknown', 'posterior')],
  }
}

/** DICOM files below a folder. */
export function readFiles(folder: string): Uint8Array[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
}

/** Assembles a series, draws a mask on its grid and writes the segmentation that a viewer will load. */
export async function makeOverlayCase(
  name: string,
  files: readonly Uint8Array[],
  drawMask: DrawMask,
  isOurs = true,
): Promise<OverlayCase> {
  const instances: DicomInstance[] = files.map((file) => parsePart10(file))
  const frames = (await Promise.all(instances.map((instance) => decodeInstance(instance)))).flat()
  const { volume, order } = assembleVolume(frames, { minimumSlices: 2 })
  const { labels, regions } = drawMask(volume)
  const labelMap = { dimensions: volume.dimensions, affine: volume.affine, labels }
  const slices = order.map((index) => frames[index]!)
  const { dataset } = instances[0]!
  const studyInstanceUid = requireString(dataset, 'StudyInstanceUID')
  const seriesInstanceUid = requireString(dataset, 'SeriesInstanceUID')
  const segmentation = buildSegmentation({
    identity: {
      studyInstanceUid,
      sourceSeriesInstanceUid: seriesInstanceUid,
      contentDigest: name,
      modelSha256: 'none',
      softwareVersion: '0',
      configDigest: 'none',
      runNumber: 0,
      analysedAt: new Date('2026-01-12T10:30:00Z'),
    },
    sources: instances,
    software: { name: 'HippoVolume', version: '0' },
    model: { name: 'known mask', version: '0', sha256: 'none' },
    labelMap,
    sourceSlices: slices.map(({ intensities: _, ...facts }) => facts),
    regions,
  })
  return {
    name,
    studyInstanceUid,
    seriesInstanceUid,
    files,
    isOurs,
    encoding: requireString(parsePart10(segmentation.bytes).dataset, 'SegmentationType'),
    segmentation,
    regions,
    labelMap,
    slices,
  }
}
