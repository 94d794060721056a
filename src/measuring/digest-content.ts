import { createHash } from 'node:crypto'
import { readString } from '../dicom/read-attributes.ts'
import { type DecodedFile, decodeFile } from './read-series.ts'

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

/** What one instance holds: its decoded frames with their places, and the attributes that are used. */
function digestInstance({ instance, frames }: DecodedFile): string {
  const used = usedAttributes.map((keyword) => readString(instance.dataset, keyword)?.trim() ?? '')
  const lines = [instance.sopClassUid, instance.sopInstanceUid, ...used]
  for (const { intensities, ...facts } of frames) {
    const { buffer, byteOffset, byteLength } = intensities
    lines.push(JSON.stringify(facts), sha256(new Uint8Array(buffer, byteOffset, byteLength)))
  }
  return sha256(JSON.stringify(lines))
}

/** Files that were decoded once and need not be again; what is taken out is not kept. */
export type DecodedFiles = Map<Uint8Array, DecodedFile>

/** One that cannot be decoded is known by its bytes. */
async function digestFile(file: Uint8Array, kept: DecodedFiles): Promise<string> {
  try {
    const decoded = await decodeFile(file)
    kept.set(file, decoded)
    return digestInstance(decoded)
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
  const digests: string[] = []
  for (const file of files) {
    signal?.throwIfAborted()
    digests.push(await digestFile(file, kept))
  }
  return sha256(digests.toSorted().join('\n'))
}
