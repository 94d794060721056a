import { type DicomInstance, parsePart10 } from '../dicom/part10.ts'
import { readPixelFormat } from '../dicom/pixel-format.ts'
import { readString } from '../dicom/read-attributes.ts'
import { HippoError } from '../errors.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'

/**
 * Maximum size of a decompressed series: bytes of inflated files, and pixels of all frames, each of
 * which needs at least four bytes during measurement. A head of 512 x 512 x 512 has half as many.
 */
const mostInflatedBytes = 512 * 2 ** 20
const mostPixels = 2 ** 28

function tooLarge(what: string, amount: number): HippoError {
  const message = `The series is small in the archive but ${what}: more than this service may load into memory.`
  return new HippoError('SERIES_TOO_LARGE', message, { stage: 'fetch', details: { amount } })
}

/** Pixels stated by an instance; 0 if it does not state them, which decoding then reports. */
function countPixels(instance: DicomInstance): number {
  try {
    const { rows, columns, numberOfFrames, samplesPerPixel } = readPixelFormat(instance)
    return rows * columns * numberOfFrames * samplesPerPixel
  } catch {
    return 0
  }
}

/** Parses the readable files; throws SERIES_TOO_LARGE once they need too much memory. */
export function parseWithinBudget(files: readonly Uint8Array[]): readonly DicomInstance[] {
  const instances: DicomInstance[] = []
  let bytes = 0
  let pixels = 0
  for (const file of files) {
    const instance = parseIfReadable(file)
    if (instance === undefined) continue
    bytes += instance.dataset.parsed.byteArray.length
    if (bytes > mostInflatedBytes) throw tooLarge(`decompresses to over ${bytes} bytes`, bytes)
    pixels += countPixels(instance)
    if (pixels > mostPixels) throw tooLarge(`contains over ${pixels} pixels`, pixels)
    instances.push(instance)
  }
  return instances
}

/** Decoding handles unreadable files and gives the reason. */
function parseIfReadable(file: Uint8Array): DicomInstance | undefined {
  try {
    return parsePart10(file)
  } catch {
    return undefined
  }
}

/** The archive's listing of the requested files. */
export interface ListedSeries {
  readonly studyInstanceUid: string
  readonly series: SeriesFacts
  /** The patient under whom the archive files the study. */
  readonly patientId: string | undefined
}

/** A value independent of the reader: without blanks, further values and non-ASCII letters. */
const plain = (text: string | undefined) =>
  (text ?? '').split('\\', 1)[0]!.replaceAll(/[^!-~]/g, '')

function findDifference(
  { dataset, sopInstanceUid }: DicomInstance,
  { studyInstanceUid, series, patientId }: ListedSeries,
  listed: ReadonlySet<string>,
): string | undefined {
  const differs = (keyword: string, expected: string | undefined) =>
    plain(readString(dataset, keyword)) !== plain(expected)
  if (differs('PatientID', patientId ?? series.patientId)) return 'PatientID'
  if (differs('StudyInstanceUID', studyInstanceUid)) return 'StudyInstanceUID'
  if (differs('SeriesInstanceUID', series.seriesInstanceUid)) return 'SeriesInstanceUID'
  if (!listed.has(sopInstanceUid)) return 'SOPInstanceUID'
  const birthDate = readString(dataset, 'PatientBirthDate')?.trim()
  const isOther = birthDate && series.patientBirthDate && birthDate !== series.patientBirthDate
  return isOther ? 'PatientBirthDate' : undefined
}

/**
 * Throws ARCHIVE_ANSWER_INVALID (worth another try) unless each file that can be read is one of the listed
 * instances, of the listed series, study and patient, and each listed one came once: an archive, or a
 * cache in front of it, may return files of another patient.
 */
export function requireListed(instances: readonly DicomInstance[], expected: ListedSeries): void {
  const listed = new Set(expected.series.instances.map(({ sopInstanceUid }) => sopInstanceUid))
  const refuse = (attribute: string) =>
    new HippoError(
      'ARCHIVE_ANSWER_INVALID',
      'The archive returned images that were not requested, possibly of another patient. None of them was used.',
      { stage: 'fetch', details: { attribute } },
    )
  for (const instance of instances) {
    const attribute = findDifference(instance, expected, listed)
    if (attribute !== undefined) throw refuse(attribute)
  }
  const given = new Set(instances.map(({ sopInstanceUid }) => sopInstanceUid))
  if (given.size < instances.length) throw refuse('SOPInstanceUID')
}
