import type { DicomInstance } from '../dicom/part10.ts'
import type { SliceFacts } from '../dicom/slice-facts.ts'
import type { HeadLocalization } from '../localization/head-localization.ts'
import type { LabelledRegion } from '../measurement/hippocampus-labels.ts'
import type { HippocampusVolumes, Side } from '../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../measurement/intracranial-volume.ts'
import {
  checkContrastAgent,
  checkLossyCompression,
  checkSeriesChoice,
} from '../measurement/quality/check-acquisition.ts'
import { findingsOf } from '../measurement/quality/worst-verdict.ts'
import type { QualityFinding, QualityVerdict } from '../measurement/quality-finding.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import type { SeriesKind } from '../selection/series-choice.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import type { DecodedFiles } from './digest-content.ts'
import { measureCrop } from './measure-crop.ts'
import { type MeasuringTools, measureHead } from './measure-head.ts'
import { readSeries } from './read-series.ts'

/** Facts about a series before it is measured. */
export interface SeriesToMeasure {
  readonly kind: SeriesKind
  /** Side of a crop; a whole head shows both. */
  readonly side: Side
  /** Whether the headers state a contrast agent. */
  readonly isContrastEnhanced: boolean
  /** Warnings to show with its measurement. */
  readonly warnings?: readonly string[]
}

/** Certainty of the network about one side. */
export interface SideConfidence {
  readonly side: Side
  /** Dice, 0 to 1, that it predicts for its own outline. */
  readonly ownEstimate: number
}

/** A series' volume, its labels and what they measure. */
export interface MeasuredSeries {
  readonly kind: SeriesKind
  /** Those whose frames are in the volume. */
  readonly instances: readonly DicomInstance[]
  readonly volume: Volume
  /** Source of each slice of the volume, in the order of its slices. */
  readonly sourceSlices: readonly SliceFacts[]
  readonly labelMap: LabelMap
  /** Meaning of the values of the label map. */
  readonly regions: readonly LabelledRegion[]
  readonly volumes: readonly HippocampusVolumes[]
  /** Temporal horns of a whole head, if the model has a network for them. */
  readonly horns?: readonly TemporalHorn[]
  /** The label map with the horns that have a volume, as hornLabels numbers them. */
  readonly withHorns?: () => LabelMap
  readonly intracranialVolume?: IntracranialVolume | undefined
  /** Dice (0 to 1) that the network predicts for its own outline of each side. */
  readonly confidence: readonly SideConfidence[]
  /** Location of the hippocampi of a whole head. */
  readonly localization?: HeadLocalization | undefined
  /** Every gate's finding. */
  readonly quality: readonly QualityFinding[]
  readonly verdict: QualityVerdict
  /** Sentences a reader of the numbers must know, those of the gates among them. */
  readonly warnings: readonly string[]
}

const unknownSideWarning =
  'The series does not state which side it shows. It was measured as it is; the model was trained on left hippocampi.'

/**
 * From the files of one series to volumes: decode, assemble, locate (in a whole head), segment,
 * measure, judge. Throws coded errors of those stages, HIPPOCAMPUS_NOT_FOUND if the model labels
 * nothing, and SeriesRejection if a quality gate rejects.
 */
export async function measureSeries(
  files: readonly Uint8Array[],
  { kind, side, isContrastEnhanced, warnings = [] }: SeriesToMeasure,
  tools: MeasuringTools,
  step: TimeStep,
  signal: AbortSignal,
  decoded?: DecodedFiles,
): Promise<MeasuredSeries> {
  const read = await readSeries(files, step, signal, decoded)
  const { instances, volume, sourceSlices, isLossy, notes } = read
  const acquisition = [
    checkLossyCompression(isLossy),
    checkContrastAgent(isContrastEnhanced),
    ...warnings.map(checkSeriesChoice),
  ]
  const measured =
    kind === 'head'
      ? await measureHead(volume, tools, acquisition, step, signal)
      : await measureCrop(volume, side, tools.segmenter, acquisition, step, signal)
  const { labelMap, regions, volumes, quality, verdict } = measured
  const confidence =
    'looks' in measured
      ? measured.looks.map(({ side, ownEstimate }) => ({ side, ownEstimate }))
      : [{ side, ownEstimate: measured.ownEstimate }]
  return {
    kind,
    instances,
    volume,
    sourceSlices,
    labelMap,
    regions,
    volumes,
    ...('horns' in measured && { horns: measured.horns, withHorns: measured.withHorns }),
    ...('intracranialVolume' in measured && { intracranialVolume: measured.intracranialVolume }),
    ...('localization' in measured && { localization: measured.localization }),
    confidence,
    quality,
    verdict,
    warnings: [
      ...(kind === 'crop' && side === 'unknown' ? [unknownSideWarning] : []),
      ...findingsOf(quality, 'warning').map(({ sentence }) => sentence),
      ...notes,
    ],
  }
}
