import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import type { CropSide } from '../../src/inference/segment-volume.ts'
import type { Segmenter } from '../../src/inference/segmenter.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { LabelMap, Volume } from '../../src/volume/grid.ts'
import { bringBack, type DicomForm, layOut } from './dicom-forms.ts'
import { writeDicomSeries } from './write-dicom-series.ts'

/** The result of the DICOM path for one form of a crop, compared with that of the NIfTI path. */
export interface DicomDifference {
  readonly form: string
  /** Voxels with another label; null if the series was rejected. */
  readonly differentVoxels: number | null
  readonly refusal?: string
}

async function readSeries(files: readonly Uint8Array[]): Promise<Volume> {
  const frames = []
  for (const file of files) frames.push(...(await decodeInstance(parsePart10(file))))
  return assembleVolume(frames).volume
}

/** Writes a crop as DICOM in one form, reads it like the service, labels it and compares. */
export async function compareAsDicom(
  crop: Volume,
  expected: LabelMap,
  form: DicomForm,
  segmenter: Segmenter,
  side: CropSide,
): Promise<DicomDifference> {
  try {
    const read = await readSeries(writeDicomSeries(layOut(crop, form), form.name))
    const { labelMap } = await segmenter.segment(read, { side })
    const labels = bringBack(labelMap, form, crop)
    let differentVoxels = 0
    for (let voxel = 0; voxel < labels.length; voxel++) {
      if (labels[voxel] !== expected.labels[voxel]) differentVoxels++
    }
    return { form: form.name, differentVoxels }
  } catch (error) {
    return { form: form.name, differentVoxels: null, refusal: (error as Error).message }
  }
}
