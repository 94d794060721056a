import { privateScheme } from '../../dicom/codes.ts'
import type { DicomAttributes } from '../../dicom/dicom-instance.ts'
import { readString } from '../../dicom/read-attributes.ts'
import type { SliceFacts } from '../../dicom/slice-facts.ts'
import type { Impression } from '../../impression/write-impression.ts'
import type { Asymmetry } from '../../measurement/asymmetry.ts'
import type { HippocampusVolumes, Side } from '../../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../../measurement/intracranial-volume.ts'
import type { LongitudinalChange } from '../../measurement/longitudinal-change.ts'
import type { NormativeComparison } from '../../measurement/norms/compare-with-norms.ts'
import type { TemporalHorn } from '../../measurement/temporal-horn.ts'
import type { LabelMap } from '../../volume/grid.ts'
import type { EncodedResult } from '../encoded-result.ts'
import { makeFrameOfReferenceUid, makeTrackingUid } from '../result-uids.ts'
import { labelHippocampus, nameRegion, type SegmentedRegion } from '../segmented-region.ts'
import { type ResultInput, startResult } from '../start-result.ts'
import { collectEvidence, type EvidenceInstance, referenceStudy } from './collect-evidence.ts'
import { findKeyImage, type MeasurementSources } from './measurement-sources.ts'
import { srDocumentGeneralModule, srDocumentSeriesModule } from './sr-document-modules.ts'
import { type ComparedVolume, uncertaintyComment } from './tid-310-measurement-properties.ts'
import { measurementReport } from './tid-1500-measurement-report.ts'

export const comprehensive3dSrStorage = '1.2.840.10008.5.1.4.1.1.88.34'
const seriesNumber = 9002

/** First comment of every document. */
export const researchComment = 'Research use only. Not for diagnostic use.'

export interface MeasurementDocumentInput extends ResultInput {
  /** On the source's own grid, slices in the order of `sourceSlices`. */
  readonly labelMap: LabelMap
  readonly sourceSlices: readonly SliceFacts[]
  /** The segmentation whose segments are these regions, in the order of their numbers. */
  readonly segmentation: EvidenceInstance
  readonly regions: readonly SegmentedRegion[]
  readonly volumes: readonly HippocampusVolumes[]
  /** Of a whole head. */
  readonly intracranialVolume?: IntracranialVolume | undefined
  /** Compared with healthy people, or why not. */
  readonly norms?: NormativeComparison | undefined
  /** Of two sides. */
  readonly asymmetry?: Asymmetry | undefined
  /** Temporal horns of a whole head. */
  readonly horns?: readonly TemporalHorn[] | undefined
  /** Sentences to paste. */
  readonly impression?: Impression | undefined
  /** Since an earlier study, measured image against image. */
  readonly longitudinal?: LongitudinalChange | undefined
  /** Notes that qualify the numbers. */
  readonly warnings: readonly string[]
  /** The document of the same study that this one replaces. */
  readonly predecessors: readonly EvidenceInstance[]
}

/**
 * Coding Scheme Identification (SOP Common, PS3.3 C.12.1): the organisation responsible for our own
 * codes.
 */
function privateSchemeIdentification(): DicomAttributes {
  return {
    CodingSchemeIdentificationSequence: [
      {
        CodingSchemeDesignator: privateScheme,
        CodingSchemeName: 'HippoVolume',
        CodingSchemeResponsibleOrganization: 'HippoVolume',
      },
    ],
  }
}

function findCompared(norms: NormativeComparison | undefined, side: string) {
  if (!norms?.compared) return undefined
  const placed = norms.sides.find((one) => one.side === side)
  return placed && { comparison: norms, placed }
}

/** The norms' comparison of a part; undefined without norms or without parts in them. */
function findComparedPart(
  norms: NormativeComparison | undefined,
  { side, part }: SegmentedRegion,
): ComparedVolume | undefined {
  if (part === 'temporal-horn') return undefined
  const whole = findCompared(norms, side)
  const placed = whole?.placed.parts?.[part]
  return placed && { comparison: whole!.comparison, placed, part }
}

/**
 * Sources of the numbers of these sides: the hippocampi, both if no side is given, and the horns if
 * requested.
 */
function findSources(
  { regions, segmentation, labelMap, sourceSlices, sources }: MeasurementDocumentInput,
  side?: Side,
  withHorns = false,
): MeasurementSources {
  const isWanted = (region: SegmentedRegion) =>
    (side === undefined || region.side === side) && (withHorns || region.part !== 'temporal-horn')
  const wanted = regions.flatMap((region, index) =>
    isWanted(region) ? [{ label: region.label, number: index + 1 }] : [],
  )
  const labels = wanted.map(({ label }) => label)
  const { sopClassUid, sopInstanceUid } = segmentation
  return {
    image: findKeyImage(labelMap, sourceSlices, sources, labels),
    segments: { sopClassUid, sopInstanceUid, segmentNumber: wanted.map(({ number }) => number) },
  }
}

/**
 * Writes the volumes as a Comprehensive 3D SR (PS3.3 A.35.13) after TID 1500: one group for each
 * segment, one for each whole hippocampus, one for the intracranial volume of a head, one for each
 * occupancy. Equal input gives equal bytes, whatever the order of the sources. Throws like
 * startResult.
 */
export function buildMeasurementDocument(input: MeasurementDocumentInput): EncodedResult {
  const { identity, segmentation, regions, volumes, warnings, predecessors } = input
  const { intracranialVolume, norms, asymmetry, longitudinal, horns = [] } = input
  const hornRegions = regions.filter((region) => region.part === 'temporal-horn')
  const { sources, uids, time, encode } = startResult(input, 'sr')
  const sourceSeriesInstanceUid = identity.sourceSeriesInstanceUid
  const all = findSources(input)
  const tree = measurementReport(
    {
      library: {
        images: sources,
        frameOfReferenceUid:
          readString(sources[0]!.dataset, 'FrameOfReferenceUID') ??
          makeFrameOfReferenceUid(sourceSeriesInstanceUid),
      },
      segments: regions.map((region, index) => ({
        region,
        compared: findComparedPart(norms, region),
        segment: { ...segmentation, segmentNumber: index + 1 },
        sourceSeriesInstanceUid,
        trackingId: nameRegion(region),
        trackingUid: makeTrackingUid(identity, nameRegion(region)),
      })),
      totals: volumes.map(({ side, totalMm3, standardErrorMm3 }) => ({
        side,
        volumeMm3: totalMm3,
        sources: findSources(input, side),
        standardErrorMm3: standardErrorMm3?.total,
        compared: findCompared(norms, side),
        trackingId: labelHippocampus(side),
        trackingUid: makeTrackingUid(identity, labelHippocampus(side)),
      })),
      intracranialVolume: intracranialVolume && {
        volume: intracranialVolume,
        sources: { image: all.image },
        trackingId: 'Intracranial volume',
        trackingUid: makeTrackingUid(identity, 'Intracranial volume'),
      },
      asymmetry: asymmetry && {
        asymmetry,
        sources: all,
        trackingId: 'Asymmetry of the hippocampi',
        trackingUid: makeTrackingUid(identity, 'Asymmetry of the hippocampi'),
      },
      occupancies: horns.flatMap((horn) => {
        const region = hornRegions.find(({ side }) => side === horn.side)
        if (horn.state !== 'measured' || region === undefined) return []
        const trackingId = `${labelHippocampus(horn.side)}, occupancy`
        const trackingUid = makeTrackingUid(identity, trackingId)
        const sources = findSources(input, horn.side, true)
        return [{ horn, model: region.model, sources, trackingId, trackingUid }]
      }),
      impression: input.impression,
      changes: longitudinal?.sides.map((side) => {
        const trackingId = `Change of the hippocampus since an earlier study, ${side.side}`
        const trackingUid = makeTrackingUid(identity, trackingId)
        return { change: longitudinal, side, trackingId, trackingUid }
      }),
      comments: [
        researchComment,
        ...(volumes.some((one) => one.standardErrorMm3) ? [uncertaintyComment] : []),
        ...(norms?.compared === false ? [`No percentile. ${norms.sentence}`] : []),
        ...horns.flatMap((horn) => (horn.state === 'measured' ? [] : [horn.sentence])),
        ...warnings,
      ],
    },
    input,
  )
  const known = [
    ...sources.map(({ sopClassUid, sopInstanceUid }) => ({
      sopClassUid,
      sopInstanceUid,
      seriesInstanceUid: sourceSeriesInstanceUid,
    })),
    segmentation,
  ]
  return encode(comprehensive3dSrStorage, {
    ...srDocumentSeriesModule({
      seriesInstanceUid: uids.seriesInstanceUid,
      seriesNumber,
      title: 'Hippocampal measurements',
      time,
    }),
    ...srDocumentGeneralModule(
      time,
      collectEvidence(tree, identity.studyInstanceUid, known),
      predecessors.length === 0 ? [] : [referenceStudy(identity.studyInstanceUid, predecessors)],
    ),
    ...(asymmetry || longitudinal?.sides.length || hornRegions.length > 0
      ? privateSchemeIdentification()
      : {}),
    ...tree,
  })
}
