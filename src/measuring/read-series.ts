import { findReplacedTexts } from '../dicom/copy-modules.ts'
import { type DecodedFrame, decodeInstance } from '../dicom/decode-instance.ts'
import { type DicomInstance, parsePart10 } from '../dicom/part10.ts'
import type { SliceFacts } from '../dicom/slice-facts.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import { assembleVolume } from '../volume/assemble-volume.ts'
import type { Volume } from '../volume/grid.ts'
import { setPicturesAside } from './set-pictures-aside.ts'

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
  const { instances, owners, frames, asides } = await step('decode', async () => {
    const all = files.map((file) => decoded.get(file)?.instance ?? parsePart10(file))
    const known = new Map([...decoded.values()].map(({ instance, frames }) => [instance, frames]))
    decoded.clear()
    const { instances, notes: asides } = setPicturesAside(all)
    const frames: DecodedFrame[] = []
    const owners: number[] = []
    for (const [index, instance] of instances.entries()) {
      signal.throwIfAborted()
      const taken = known.get(instance) ?? (await decodeInstance(instance))
      known.delete(instance)
      for (const frame of taken) {
        frames.push(frame)
        owners.push(index)
      }
    }
    return { instances, owners, frames, asides }
  })
  const { volume, order, notes } = await step('assemble', () => assembleVolume(frames))
  const sourceSlices = order.map((index) => {
    const { intensities: _, ...facts } = frames[index]!
    return facts
  })
  const used = new Set(order.map((index) => owners[index]))
  return {
    instances: instances.filter((_, index) => used.has(index)),
    volume,
    sourceSlices,
    isLossy: frames.some(({ lossy }) => lossy),
    notes: [...asides, ...notes, ...findReplacedTexts(instances[0]!)],
  }
}
