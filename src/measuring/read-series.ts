import { decodeInstance } from '../dicom/decode-instance.ts'
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

/** From the files of one series to its volume: decode, assemble. Throws coded errors of those stages. */
export async function readSeries(
  files: readonly Uint8Array[],
  step: TimeStep,
  signal: AbortSignal,
): Promise<ReadSeries> {
  const { instances, frames } = await step('decode', async () => {
    const instances = files.map((file) => parsePart10(file))
    const frames = []
    for (const instance of instances) {
      signal.throwIfAborted()
      frames.push(...(await decodeInstance(instance)))
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
