import { decodeInstance } from '../dicom/decode-instance.ts'
import { type DicomInstance, parsePart10 } from '../dicom/part10.ts'
import type { SliceFacts } from '../dicom/slice-facts.ts'
import type { Segmenter } from '../inference/segmenter.ts'
import type { HippocampusVolumes, Side } from '../measurement/hippocampus-volumes.ts'
import { measureHippocampus, requireHippocampus } from '../measurement/measure-hippocampus.ts'
import { assembleVolume } from '../volume/assemble-volume.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import type { TimeStep } from './time-steps.ts'

/** A series' volume, its labels (1 anterior, 2 posterior) and what they measure. */
export interface MeasuredSeries {
  /** Those whose frames are in the volume. */
  readonly instances: readonly DicomInstance[]
  readonly volume: Volume
  /** Where each slice of the volume came from, in the order of its slices. */
  readonly sourceSlices: readonly SliceFacts[]
  readonly labelMap: LabelMap
  readonly volumes: readonly HippocampusVolumes[]
  readonly warnings: readonly string[]
}

const unknownSideWarning =
  'The series does not say which side it shows. It was measured as it is; the model was trained on left hippocampi.'

const lowConfidenceWarning =
  'The model is less certain of this series than of most: check the outlines before using the volumes.'
const lossyWarning =
  'The images were compressed with loss. Their volumes may differ from those of the originals.'

/**
 * From the files of one series to volumes: decode, assemble, segment, measure. Throws coded errors of
 * those stages; HIPPOCAMPUS_NOT_FOUND when the model marks nothing.
 */
export async function measureSeries(
  files: readonly Uint8Array[],
  side: Side,
  segmenter: Segmenter,
  step: TimeStep,
  signal: AbortSignal,
): Promise<MeasuredSeries> {
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
  const { labelMap, confidence } = await step('infer', () =>
    segmenter.segment(volume, { side, signal }),
  )
  const volumes = await step('measure', () => {
    const measured = measureHippocampus(labelMap, side)
    requireHippocampus(measured)
    return measured
  })
  const used = new Set(sourceSlices.map(({ id }) => id.split('#')[0]))
  return {
    instances: instances.filter(({ sopInstanceUid }) => used.has(sopInstanceUid)),
    volume,
    sourceSlices,
    labelMap,
    volumes: [volumes],
    warnings: [
      ...(side === 'unknown' ? [unknownSideWarning] : []),
      ...(confidence.isLow ? [lowConfidenceWarning] : []),
      ...(frames.some(({ lossy }) => lossy) ? [lossyWarning] : []),
      ...notes,
    ],
  }
}
