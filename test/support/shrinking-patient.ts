import { createHash } from 'node:crypto'
import { type PhantomOptions, phantomUid, writePhantomSeries } from './phantom-dicom.ts'

/** One study of a made-up patient. */
export interface MadeUpStudy {
  readonly patientId: string
  /** DICOM DA. */
  readonly date: string
  /** Share of the volume that is left, 0 to 1; the shape stays. */
  readonly left?: number
  readonly laterality?: 'L' | 'R' | undefined
  /** Attributes over those of the phantom. */
  readonly attributes?: Record<string, unknown>
}

const size = { columns: 40, rows: 36, slices: 48 }
const middle = [19.5, 17.5, 23.5] as const
/** Half axes of the whole, voxels of 1 mm: about 3,300 mm3. */
const semiAxes = [7, 6, 18.8] as const
/** Values that the network of test/inference/fixtures tells apart: background, anterior, posterior. */
const values = { background: 100, anterior: 240, posterior: 800 } as const

function labelAt(column: number, row: number, slice: number, share: number): keyof typeof values {
  const scale = share ** (1 / 3)
  const [x, y, z] = [column, row, slice].map((at, axis) => at - middle[axis]!) as [
    number,
    number,
    number,
  ]
  const radius = [x, y, z].reduce((sum, at, axis) => sum + (at / (semiAxes[axis]! * scale)) ** 2, 0)
  if (radius > 1) return 'background'
  // Slices follow the normal of rows to the left and columns downwards: towards the front or the back.
  return z < 0 ? 'anterior' : 'posterior'
}

/** Voxels of the hippocampus at this share, which are cubic millimetres: the known answer. */
export function countVoxels(share: number): number {
  let count = 0
  for (let slice = 0; slice < size.slices; slice++) {
    for (let row = 0; row < size.rows; row++) {
      for (let column = 0; column < size.columns; column++) {
        if (labelAt(column, row, slice, share) !== 'background') count++
      }
    }
  }
  return count
}

/** UID of a study that writeMadeUpStudy writes. */
export function studyUidOf({ patientId, date }: MadeUpStudy): string {
  return phantomUid(`made-up ${patientId} ${date}`)
}

/**
 * Files of a HippoCrop study whose bright body the threshold model of test/inference/fixtures measures
 * to the voxel; every study has noise of its own, too weak to change that.
 */
export function writeMadeUpStudy(study: MadeUpStudy): Uint8Array[] {
  const { patientId, date, left = 1, laterality = 'L' } = study
  const seed = `made-up ${patientId} ${date}`
  const pixels = (slice: number) => {
    const stored = new Int16Array(size.columns * size.rows)
    let noise = createHash('sha256').update(`${seed} ${slice}`).digest().readUInt32LE()
    for (let index = 0; index < stored.length; index++) {
      const [column, row] = [index % size.columns, Math.floor(index / size.columns)]
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0
      stored[index] = values[labelAt(column, row, slice, left)] + (noise >>> 29)
    }
    return stored.buffer
  }
  const options: PhantomOptions = {
    ...size,
    seed,
    patientId,
    studyInstanceUid: studyUidOf(study),
    patientAge: undefined,
    laterality,
  }
  return writePhantomSeries({
    ...options,
    attributes: (slice) => ({
      StudyDate: date,
      PixelData: pixels(slice),
      ...study.attributes,
    }),
  })
}
