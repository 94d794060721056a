import { toVector3 } from '../../src/volume/vector3.ts'
import { phantomUid, writePhantomSeries } from '../../test/support/phantom-dicom.ts'
import { findLabelBox, type Template } from '../sample-study/read-template.ts'
import { type HeadGrid, imageSlice, makeVisit, toHeadPoint } from './image-head.ts'
import type { Warp } from './shrink-label.ts'

export interface VisitOptions {
  readonly head: Template
  readonly atlas: Template
  /** Label around which a crop is cut. */
  readonly label: number
  readonly warp: Warp
  /** Seed of place, shading and noise. */
  readonly seed: number
  /** DICOM DA. */
  readonly date: string
  readonly patientId: string
  readonly kind: 'crop' | 'head'
}

/** A box of the training size, around the label at its position in the visit. */
function planCrop({ atlas, label, seed }: VisitOptions): HeadGrid {
  const { from, to } = findLabelBox(atlas, label, 5)
  const middle = toVector3(from.map((at, axis) => (at + to[axis]!) / 2))
  const [x, y, z] = toVector3(makeVisit(seed).toScanner(toHeadPoint(atlas, middle)).map(Math.round))
  return { columns: 50, rows: 36, slices: 36, center: [x, y, z] }
}

const wholeHead: HeadGrid = { columns: 232, rows: 224, slices: 184, center: [0, 18, 8] }

/** The DICOM files of one visit of the made-up patient: a crop of one hippocampus, or a whole head. */
export function writeVisit(options: VisitOptions): Uint8Array[] {
  const { head, warp, seed, date, patientId, kind } = options
  const grid = kind === 'crop' ? planCrop(options) : wholeHead
  const visit = makeVisit(seed)
  return writePhantomSeries({
    columns: grid.columns,
    rows: grid.rows,
    slices: grid.slices,
    center: grid.center,
    rowCosines: [0, 1, 0],
    columnCosines: [0, 0, -1],
    seed: `check history ${patientId} ${date}`,
    studyInstanceUid: phantomUid(`check history ${patientId} ${date} ${kind}`),
    seriesNumber: kind === 'crop' ? 5 : 2,
    seriesDescription: kind === 'crop' ? 'HippoCrop' : 'T1 3D SAG 1mm',
    patientId,
    patientName: 'Made-up^Colin27',
    patientAge: undefined,
    patientSex: 'M',
    laterality: kind === 'crop' ? 'L' : undefined,
    attributes: (slice) => ({
      ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
      StudyDate: date,
      StudyDescription: 'MR HEAD, MADE UP (COLIN27)',
      Manufacturer: 'Sample scanner',
      ManufacturerModelName: 'Colin27',
      BodyPartExamined: 'HEAD',
      ProtocolName: 'T1 3D',
      PixelData: imageSlice(head, warp, visit, grid, slice).buffer,
    }),
  })
}
