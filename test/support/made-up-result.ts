import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readString } from '../../src/dicom/read-attributes.ts'
import type { HornManifest, ModelManifest } from '../../src/inference/model-manifest.ts'
import { cropLabels, headLabels, listRegions } from '../../src/measurement/hippocampus-labels.ts'
import type { HippocampusVolumes, Side } from '../../src/measurement/hippocampus-volumes.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import { hornLabels, type TemporalHorn } from '../../src/measurement/temporal-horn.ts'
import { digestContent } from '../../src/measuring/digest-content.ts'
import type { MeasuredSeries } from '../../src/measuring/measure-series.ts'
import { seriesFactsOfFiles } from '../../src/offline/series-facts-of-files.ts'
import type { StoredRole } from '../../src/outcome/outcome.ts'
import {
  type ComposedResults,
  type CompositionInput,
  composeResults,
} from '../../src/pipeline/compose-results.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { Grid, LabelMap, Vector3, Volume } from '../../src/volume/grid.ts'
import { spacingOf, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { calibratedNorms } from './calibrated-norms.ts'

/**
 * Labels nobody measured, on any grid: a lopsided ellipsoid away from the middle, split in front and
 * back, and single voxels off its axes, so that a turned, mirrored or shifted copy never looks the same.
 */
export function drawLabels(grid: Grid): LabelMap {
  const { dimensions, affine } = grid
  const [columns, rows, slices] = dimensions
  const spacing = spacingOf(affine)
  const at = (i: 0 | 1 | 2, share: number) => Math.floor(share * (dimensions[i] - 1))
  const middle: Vector3 = [at(0, 0.42), at(1, 0.55), at(2, 0.46)]
  const reach = (i: 0 | 1 | 2, millimetres: number) =>
    Math.min(millimetres / spacing[i], 0.3 * dimensions[i])
  const half: Vector3 = [reach(0, 9), reach(1, 12), reach(2, 11)]
  const centre = voxelToPatient(affine, middle)
  const labels = new Uint8Array(columns * rows * slices)
  const { anterior, posterior } = cropLabels
  for (let slice = 0, index = 0; slice < slices; slice += 1) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, index += 1) {
        const [x, y, z] = [column - middle[0], row - middle[1], slice - middle[2]]
        const bend = x + 0.3 * z
        if ((bend / half[0]) ** 2 + (y / half[1]) ** 2 + (z / half[2]) ** 2 > 1) continue
        const isFront = voxelToPatient(affine, [column, row, slice])[1] < centre[1] - 0.01
        labels[index] = isFront ? anterior : posterior
      }
    }
  }
  const mark = (column: number, row: number, slice: number, label: number) => {
    labels[column + columns * (row + rows * slice)] = label
  }
  mark(1, 2, at(2, 0.3), anterior)
  mark(columns - 1, rows - 3, at(2, 0.6), posterior)
  return { dimensions, affine, labels }
}

const manifest = {
  name: 'made-up-unet',
  version: '1.2.0',
  sha256: 'ab'.repeat(32),
  scores: { diceWhole: 0.9 },
} as unknown as ModelManifest

const hornManifest = {
  name: 'made-up-horn',
  version: '0.3.0',
  sha256: 'cd'.repeat(32),
} as unknown as HornManifest

export interface MadeUpResult extends ComposedResults {
  readonly measured: MeasuredSeries
  readonly contentDigest: string
  /** Bytes of the instance of a role. */
  bytesOf(role: StoredRole): Uint8Array
}

/** A horn that was measured on the left, and a slit on the right. */
export const madeUpHorns: readonly TemporalHorn[] = [
  {
    ...{ side: 'left', state: 'measured', volumeMm3: 700.5, standardErrorMm3: 110.26 },
    ...{ occupancy: 0.8, occupancyStandardError: 0.0262 },
  },
  { side: 'right', state: 'slit', sentence: 'The right temporal horn is too narrow.' },
]

/** Labels of both sides, made of drawn ones: what lies to the patient's left of their middle is left. */
export function drawHeadLabels(grid: Grid): LabelMap {
  const { dimensions, affine, labels } = drawLabels(grid)
  const [columns, rows] = dimensions
  const middle = voxelToPatient(affine, [
    Math.floor(0.42 * (dimensions[0] - 1)),
    Math.floor(0.55 * (dimensions[1] - 1)),
    Math.floor(0.46 * (dimensions[2] - 1)),
  ])
  const sided = labels.map((label, index) => {
    if (label === 0) return 0
    const voxel: Vector3 = [
      index % columns,
      Math.floor(index / columns) % rows,
      Math.floor(index / (columns * rows)),
    ]
    const isLeft = voxelToPatient(affine, voxel)[0] > middle[0]
    const part = label === cropLabels.anterior ? 'anterior' : 'posterior'
    return headLabels[isLeft ? 'left' : 'right'][part]
  })
  return { dimensions, affine, labels: sided }
}

/** One voxel for each measured horn, the first of the map and so on. */
function markHorns(labelMap: LabelMap, horns: readonly TemporalHorn[]): LabelMap {
  const labels = labelMap.labels.slice()
  for (const [index, { side, state }] of horns.entries()) {
    if (state === 'measured' && side !== 'unknown') labels[index] = hornLabels[side]
  }
  return { ...labelMap, labels }
}

/**
 * Everything the pipeline writes for a series, from real code on real files but for the labels, which
 * are drawn. `changes` replace parts of the pipeline's own input.
 */
export async function composeMadeUpResult(
  files: readonly Uint8Array[],
  changes: Partial<Omit<CompositionInput, 'identity'>> & {
    readonly side?: Side
    /** A head has labels of both sides and an intracranial volume. */
    readonly kind?: 'crop' | 'head'
    /** Gives each side's volumes a standard error. */
    readonly standardErrorMm3?: HippocampusVolumes['standardErrorMm3']
    /** Draws other labels, or measures real ones. */
    readonly labelsOn?: (volume: Volume) => LabelMap | Promise<LabelMap>
    /** Of a head; those that are measured have a voxel each in the label map's corner. */
    readonly horns?: readonly TemporalHorn[]
    readonly warnings?: readonly string[]
    readonly identity?: Partial<CompositionInput['identity']>
  } = {},
): Promise<MadeUpResult> {
  const {
    kind = 'crop',
    side = 'unknown',
    warnings = [],
    identity,
    standardErrorMm3,
    horns,
    ...others
  } = changes
  const { labelsOn = kind === 'head' ? drawHeadLabels : drawLabels, ...rest } = others
  const instances = files.map((file) => parsePart10(file))
  const frames = (await Promise.all(instances.map((instance) => decodeInstance(instance)))).flat()
  const { volume, order } = assembleVolume(frames, { minimumSlices: 2 })
  const labelMap = await labelsOn(volume)
  const sides =
    kind === 'head'
      ? (['left', 'right'] as const).map((one) => ({ side: one, labels: headLabels[one] }))
      : [{ side, labels: cropLabels }]
  const measured: MeasuredSeries = {
    confidence: [],
    kind,
    instances,
    volume,
    sourceSlices: order.map((index) => {
      const { intensities: _, ...facts } = frames[index]!
      return facts
    }),
    labelMap,
    regions: listRegions(sides),
    volumes: sides.map((one) => ({
      ...measureHippocampus(labelMap, one.side, one.labels),
      ...(standardErrorMm3 && { standardErrorMm3 }),
    })),
    ...(kind === 'head' && {
      intracranialVolume: { mm3: 1_512_345.6, standardErrorMm3: 75_000 },
    }),
    ...(horns && { horns, withHorns: () => markHorns(labelMap, horns) }),
    quality: [],
    verdict: 'measured',
    warnings,
  }
  const contentDigest = await digestContent(files)
  const series = seriesFactsOfFiles(instances)
  const chosen = series[0]!
  const text = (keyword: string) => readString(instances[0]!.dataset, keyword) ?? ''
  const results = await composeResults(
    {
      identity: {
        studyInstanceUid: text('StudyInstanceUID'),
        sourceSeriesInstanceUid: text('SeriesInstanceUID'),
        contentDigest,
        modelSha256: manifest.sha256,
        softwareVersion: '0.1.0',
        configDigest: 'c0ffee',
        runNumber: 0,
        analysedAt: new Date('2026-11-23T22:41:09Z'),
        ...identity,
      },
      series,
      chosen,
      verdicts: [],
      measured,
      manifest: { ...manifest, ...(horns && { horn: hornManifest }) },
      norms: calibratedNorms,
      software: { name: 'HippoVolume', version: '0.1.0' },
      replaces: undefined,
      drawIdentity: false,
      language: 'en',
      reportPdf: true,
      ...rest,
    },
    async (_stage, step) => step(),
  )
  return {
    ...results,
    measured,
    contentDigest,
    bytesOf: (role) => results.instances.find((instance) => instance.role === role)!.bytes,
  }
}
