import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { HippoError } from '../../src/errors.ts'
import { seriesFactsOfFiles } from '../../src/offline/series-facts-of-files.ts'
import { selectSeries } from '../../src/selection/select-series.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import { buildDicom, type Elements } from '../../test/dicom/build-dicom.ts'
import { applyChange, type Change, listChanges } from './change-head.ts'
import type { MadeHead } from './heads.ts'

/** A change after which a good head is rejected. */
export interface Refusal {
  readonly change: Change
  readonly code: string
  readonly sentence: string
  /** Whether the attribute is essential, so that the head must be rejected. */
  readonly isNeeded: boolean
}

const rules = { seriesDescription: 'HippoCrop', maximumSliceSpacing: 2, minimumInstances: 10 }

/** Attributes that are essential for reading the images, their geometry or their content. */
const needed = new Set([
  ...['SOPClassUID', 'SOPInstanceUID', 'StudyInstanceUID', 'SeriesInstanceUID', 'PixelData'],
  ...['Rows', 'Columns', 'BitsAllocated', 'BitsStored', 'HighBit', 'PixelRepresentation'],
  ...['SamplesPerPixel', 'PhotometricInterpretation', 'NumberOfFrames', 'PixelSpacing'],
  ...['ImagePositionPatient', 'ImageOrientationPatient', 'SharedFunctionalGroupsSequence'],
  ...['PerFrameFunctionalGroupsSequence', 'PlanePositionSequence', 'PlaneOrientationSequence'],
  ...['PixelMeasuresSequence', 'ComplexImageComponent'],
])

/** The error on the path from a head to its volume; undefined if it is accepted. */
export async function findRefusal(
  files: readonly Elements[],
): Promise<{ readonly code: string; readonly sentence: string } | undefined> {
  try {
    const instances = files.map((elements) => parsePart10(buildDicom(elements)))
    const { chosen, verdicts } = selectSeries(seriesFactsOfFiles(instances), rules)
    if (chosen === undefined) {
      const [first] = verdicts
      return { code: first?.reason ?? 'NONE', sentence: first?.sentence ?? '' }
    }
    const frames = []
    for (const instance of instances) frames.push(...(await decodeInstance(instance)))
    assembleVolume(frames)
    return undefined
  } catch (error) {
    if (!(error instanceof HippoError)) throw error
    return { code: error.code, sentence: error.message }
  }
}

/** Tries every change to a head, one at a time. */
export async function tryChanges(head: MadeHead): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = []
  for (const change of listChanges(head.files)) {
    const refusal = await findRefusal(head.files.map((file) => applyChange(file, change)))
    if (refusal === undefined) continue
    refusals.push({ change, ...refusal, isNeeded: needed.has(change.keyword) })
  }
  return refusals
}
