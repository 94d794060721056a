import { createHash } from 'node:crypto'
import { type DecodedFrame, decodeFrames } from '../dicom/decode-instance.ts'
import { parsePart10 } from '../dicom/part10.ts'
import { readString } from '../dicom/read-attributes.ts'
import type { DecodedFile } from './read-series.ts'

/**
 * Attributes that a result depends on in addition to pixels and geometry: patient identity, the
 * age, sex and field strength used by norms, side and contrast agent. A different encoding or
 * changes to other attributes do not count as different images.
 */
const usedAttributes = [
  'PatientID',
  'IssuerOfPatientID',
  'PatientBirthDate',
  'PatientSex',
  'PatientAge',
  'StudyInstanceUID',
  'StudyDate',
  'SeriesInstanceUID',
  'FrameOfReferenceUID',
  'Laterality',
  'ImageLaterality',
  'MagneticFieldStrength',
  'ContrastBolusAgent',
] as const

const sha256 = (...parts: readonly (string | Uint8Array)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** Voxels of decoded frames that are kept, 128 MB; larger files are decoded again when read. */
const mostKept = 2 ** 25

/** Decoded files, to avoid decoding twice; taking one removes it. */
export type DecodedFiles = Map<Uint8Array, DecodedFile>

/** Keeps the frames of one file while there is room for them. */
interface Keeper {
  readonly files: DecodedFiles
  voxels: number
}

/**
 * Digest of one file's content: its decoded frames with their positions, and the attributes used.
 * One frame is in memory at a time, in addition to the kept ones.
 */
async function digestInstance(file: Uint8Array, keeper: Keeper): Promise<string> {
  const instance = parsePart10(file)
  const used = usedAttributes.map((keyword) => readString(instance.dataset, keyword)?.trim() ?? '')
  const lines = [instance.sopClassUid, instance.sopInstanceUid, ...used]
  const frames: DecodedFrame[] = []
  for await (const frame of decodeFrames(instance)) {
    const { intensities, ...facts } = frame
    const { buffer, byteOffset, byteLength } = intensities
    lines.push(JSON.stringify(facts), sha256(new Uint8Array(buffer, byteOffset, byteLength)))
    keeper.voxels += intensities.length
    if (keeper.voxels <= mostKept) frames.push(frame)
    else frames.length = 0
  }
  if (keeper.voxels <= mostKept) keeper.files.set(file, { instance, frames })
  return sha256(JSON.stringify(lines))
}

/** A file that cannot be decoded is identified by its bytes. */
async function digestFile(file: Uint8Array, keeper: Keeper): Promise<string> {
  try {
    return await digestInstance(file, keeper)
  } catch {
    return sha256(file)
  }
}

/**
 * Digest of the instances' content, independent of order, transfer syntax and location in the
 * archive: equal for images that give the same result. Decoded frames go into `kept`. `signal`
 * aborts it with its reason.
 */
export async function digestContent(
  files: readonly Uint8Array[],
  kept: DecodedFiles = new Map(),
  signal?: AbortSignal,
): Promise<string> {
  const keeper: Keeper = { files: kept, voxels: 0 }
  const digests: string[] = []
  for (const file of files) {
    signal?.throwIfAborted()
    digests.push(await digestFile(file, keeper))
  }
  return sha256(digests.toSorted().join('\n'))
}
