import { cropLabels, listRegions } from '../../src/measurement/hippocampus-labels.ts'
import type { ReportInput } from '../../src/report/report-input.ts'
import type { Grid, Vector3 } from '../../src/volume/grid.ts'
import { affineFromColumns, voxelToPatient } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { paint } from '../volume/phantom.ts'

/** What a left crop's label map says. */
export const cropRegions = listRegions([{ side: 'left', labels: cropLabels }])

/** A grid whose voxel axes run along the given LPS steps and whose middle lies at `middle`. */
export function gridAround(
  dimensions: Vector3,
  steps: readonly [Vector3, Vector3, Vector3],
  middle: Vector3 = [20, -10, 5],
): Grid {
  const half = affineFromColumns(steps, [0, 0, 0])
  const offset = voxelToPatient(half, dimensions.map((count) => (count - 1) / 2) as never)
  const origin = toVector3(middle.map((value, axis) => value - offset[axis]!))
  return { dimensions, affine: affineFromColumns(steps, origin) }
}

/** 1 mm voxels, rows to the left, columns to the back, slices to the head. */
export const plainGrid = gridAround(
  [36, 50, 34],
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
)

/**
 * Tissue of 100 with a marker of 1000 to the left, front and head of the middle, and a hippocampus
 * of 300: a box from 12 x 24 x 8 mm around the middle, its front half anterior.
 */
export function phantomOn(grid: Grid, middle: Vector3 = [20, -10, 5]) {
  const inBox = (point: Vector3, centre: Vector3, halves: Vector3) =>
    point.every((value, axis) => Math.abs(value - centre[axis]!) < halves[axis]!)
  const marker: Vector3 = [middle[0] + 11, middle[1] - 18, middle[2] + 11]
  const isHippocampus = (point: Vector3) => inBox(point, middle, [6, 12, 4])
  const volume = paint(grid, (point) =>
    inBox(point, marker, [3, 3, 3]) ? 1000 : isHippocampus(point) ? 300 : 100,
  )
  const labelled = paint(grid, (point) =>
    isHippocampus(point) ? (point[1] < middle[1] ? 1 : 2) : 0,
  )
  const labelMap = { ...grid, labels: Uint8Array.from(labelled.intensities) }
  return { volume, labelMap }
}

/** An ordinary page's input, with anything replaced. */
export function makeReportInput(changes: Partial<ReportInput> = {}): ReportInput {
  return {
    study: {
      accessionNumber: '2819497684894126',
      studyDate: '20190930',
      studyDescription: 'MR head',
      patientAge: '061Y',
      patientSex: 'F',
      patientName: undefined,
      patientId: undefined,
    },
    series: {
      number: 13,
      description: 'HippoCrop',
      instanceCount: 34,
      scanner: 'ACME Magnet 3',
      sentence: 'Chosen: its description is the agreed name "HippoCrop".',
    },
    otherSeries: [{ number: 2, description: 'T2', sentence: 'Its slices are 5.0 mm thick.' }],
    kind: 'crop',
    ...phantomOn(plainGrid),
    regions: cropRegions,
    quality: [],
    volumes: [{ side: 'left', anteriorMm3: 1152, posteriorMm3: 1152, totalMm3: 2304 }],
    warnings: [],
    model: {
      name: 'unet',
      version: '1.0.0',
      sha256: 'ab'.repeat(32),
      accuracy: { diceWhole: 0.9, of: 'crops' },
    },
    software: { name: 'HippoVolume', version: '0.1.0' },
    analysedAt: new Date('2026-11-23T17:41:09Z'),
    predecessor: undefined,
    ...changes,
  }
}
