import { type DecodedFrame, decodeInstance } from '../dicom/decode-instance.ts'
import { type DicomInstance, parsePart10 } from '../dicom/part10.ts'
import type { SliceFacts } from '../dicom/slice-facts.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import { assembleVolume } from '../volume/assemble-volume.ts'
import type { Volume } from '../volume/grid.ts'

/** A series' volume and where it came from. */
export interface ReadSeries {
  /** Those whose frames are in the volume. */
  readonly instances: readonly DicomInstance[]
  readonly volume: Volume
  /** Where each slice of the volume came from, in the order of its slices. */
  readonly sourceSlices: readonly SliceFacts[]
  /** True if any frame was compressed with loss. */
  readonly isLossy: boolean
  /** Sentences on what was left out and why. */
  readonly notes: readonly string[]
}

/** A file and the frames in it. */
export interface DecodedFile {
  readonly instance: DicomInstance
  readonly frames: readonly DecodedFrame[]
}

/** Parses and decodes one file; throws coded errors of stage decode. */
export async function decodeFile(file: Uint8Array): Promise<DecodedFile> {
  const instance = parsePart10(file)
  return { instance, frames: await decodeInstance(instance) }
}

/**
 * From the files of one series to its volume: decode, assemble. Those that were decoded before are taken
 * out of `decoded`. Throws coded errors of those stages.
 */
export async function readSeries(
  files: readonly Uint8Array[],
  step: TimeStep,
  signal: AbortSignal,
  decoded: Map<Uint8Array, DecodedFile> = new Map(),
): Promise<ReadSeries> {
  const { instances, frames } = await step('decode', async () => {
    const instances: DicomInstance[] = []
    const frames: DecodedFrame[] = []
    for (const file of files) {
      signal.throwIfAborted()
      const read = decoded.get(file) ?? (await decodeFile(file))
      decoded.delete(file)
      instances.push(read.instance)
      frames.push(...read.frames)
    }
    return { instances, frames }
  })
  const { volume, order, notes } = await step('assemble', () => assembleVolume(frames))
  const sourceSlices = order.map((index) => {
    const { intensities: _, ...facts } = frames[index]!
    return facts
  })
  const used = new Set(sourceSlices.map(({ id }) => id.split('#')[0]))
  return {
    instances: instances.filter(({ sopInstanceUid }) => used.has(sopInstanceUid)),
    volume,
    sourceSlices,
    isLossy: frames.some(({ lossy }) => lossy),
    notes,
  }
}
