import { findReplacedTexts } from '../dicom/copy-modules.ts'
import { checkDecodable, type DecodedFrame, decodeFrames } from '../dicom/decode-instance.ts'
import { type DicomInstance, parsePart10 } from '../dicom/part10.ts'
import { readSliceFacts, type SliceFacts } from '../dicom/slice-facts.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import { assembleVolume, emptyVolume, placeSlice, planVolume } from '../volume/assemble-volume.ts'
import type { Volume } from '../volume/grid.ts'
import { nameLacking } from './name-lacking.ts'
import { setPicturesAside } from './set-pictures-aside.ts'

/** A series' volume and where it came from. */
export interface ReadSeries {
  /** Those whose frames are in the volume. */
  readonly instances: readonly DicomInstance[]
  readonly volume: Volume
  /** Source of each slice of the volume, in the order of its slices. */
  readonly sourceSlices: readonly SliceFacts[]
  /** True if any frame had lossy compression. */
  readonly isLossy: boolean
  /** Sentences about what was omitted and why. */
  readonly notes: readonly string[]
}

/** A file and the frames in it. */
export interface DecodedFile {
  readonly instance: DicomInstance
  readonly frames: readonly DecodedFrame[]
}

/** An instance with the facts of its frames, and the number of each frame within the series. */
interface Source {
  readonly instance: DicomInstance
  readonly facts: readonly SliceFacts[]
  readonly start: number
}

/** Decodes frames in sequence; `take` gets each with its number. */
async function decodeAll(
  sources: readonly Source[],
  signal: AbortSignal,
  take: (frame: DecodedFrame, index: number) => void,
  known: Map<DicomInstance, readonly DecodedFrame[]>,
): Promise<void> {
  const all = sources.map(({ instance }) => instance)
  for (const { instance, start } of sources) {
    signal.throwIfAborted()
    let index = start
    try {
      for await (const frame of known.get(instance) ?? decodeFrames(instance)) take(frame, index++)
      known.delete(instance)
    } catch (error) {
      throw nameLacking(error, instance, all)
    }
  }
}

function listSources(instances: readonly DicomInstance[]): readonly Source[] {
  let start = 0
  return instances.map((instance) => {
    try {
      checkDecodable(instance)
      const facts = readSliceFacts(instance)
      const source = { instance, facts, start }
      start += facts.length
      return source
    } catch (error) {
      throw nameLacking(error, instance, instances)
    }
  })
}

/**
 * From the files of one series to its volume: decode, assemble. Frames are decoded directly into
 * the volume, so that a large head is in memory once; if several have one position, all are decoded
 * before the choice. Frames decoded earlier are taken from `decoded`. Throws coded errors of those
 * stages.
 */
export async function readSeries(
  files: readonly Uint8Array[],
  step: TimeStep,
  signal: AbortSignal,
  decoded: Map<Uint8Array, DecodedFile> = new Map(),
): Promise<ReadSeries> {
  const { sources, asides, placed, frames, isLossy } = await step('decode', async () => {
    const all = files.map((file) => decoded.get(file)?.instance ?? parsePart10(file))
    const known = new Map([...decoded.values()].map(({ instance, frames }) => [instance, frames]))
    decoded.clear()
    const { instances, notes: asides } = setPicturesAside(all)
    const sources = listSources(instances)
    const plan = planVolume(sources.flatMap(({ facts }) => facts))
    const frames: DecodedFrame[] = []
    let isLossy = false
    if (plan === undefined) {
      const take = (frame: DecodedFrame) => {
        frames.push(frame)
        isLossy ||= frame.lossy
      }
      await decodeAll(sources, signal, take, known)
      return { sources, asides, placed: undefined, frames, isLossy }
    }
    const volume = emptyVolume(plan.grid)
    const places = new Map(plan.order.map((index, place) => [index, place]))
    const take = (frame: DecodedFrame, index: number) => {
      const place = places.get(index)
      if (place !== undefined) placeSlice(volume, place, frame)
      isLossy ||= frame.lossy
    }
    await decodeAll(sources, signal, take, known)
    const placed = { volume, order: plan.order, notes: plan.notes }
    return { sources, asides, placed, frames, isLossy }
  })
  const { volume, order, notes } = await step('assemble', () => placed ?? assembleVolume(frames))
  const facts = sources.flatMap((source) => source.facts)
  const used = new Set(order)
  const isUsed = ({ facts, start }: Source) => facts.some((_, frame) => used.has(start + frame))
  return {
    instances: sources.filter(isUsed).map(({ instance }) => instance),
    volume,
    sourceSlices: order.map((index) => facts[index]!),
    isLossy,
    notes: [...asides, ...notes, ...findReplacedTexts(sources[0]!.instance)],
  }
}
