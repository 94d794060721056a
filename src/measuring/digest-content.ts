import { createHash } from 'node:crypto'
import { type DecodedFrame, decodeFrames } from '../dicom/decode-instance.ts'
import { parsePart10 } from '../dicom/part10.ts'
import { readString } from '../dicom/read-attributes.ts'
import type { DecodedFile } from './read-series.ts'

/**
 * What a result depends on beside pixels and geometry: whose images they are, the age, sex and field
 * strength that norms use, side and contrast agent. How a file is encoded, or what a station writes into
 * other attributes on its way, makes no other images.
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

/** Voxels of decoded frames that are kept, 128 MB; what is larger is decoded again when it is read. */
const mostKept = 2 ** 25

/** Files that were decoded once and need not be again; what is taken out is not kept. */
export type DecodedFiles = Map<Uint8Array, DecodedFile>

/** Keeps the frames of one file while there is room for them. */
interface Keeper {
  readonly files: DecodedFiles
  voxels: number
}

/**
 * What one file holds: its decoded frames with their places, and the attributes that are used. One frame is
 * in memory at a time, beside what is kept.
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

/** One that cannot be decoded is known by its bytes. */
async function digestFile(file: Uint8Array, keeper: Keeper): Promise<string> {
  try {
    return await digestInstance(file, keeper)
  } catch {
    return sha256(file)
  }
}

/**
 * Digest of what the instances hold, whatever their order, transfer syntax or place in the archive: equal
 * for images that give the same result. What it decodes goes into `kept`. `signal` ends it early with its
 * reason.
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
