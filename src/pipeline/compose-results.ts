import type { ImpressionLanguage } from '../impression/templates.ts'
import { type Impression, writeImpression } from '../impression/write-impression.ts'
import type { ModelManifest } from '../inference/model-manifest.ts'
import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import { parseYears } from '../measurement/parse-years.ts'
import { hornLabels } from '../measurement/temporal-horn.ts'
import type { MeasuredSeries } from '../measuring/measure-series.ts'
import type { ReplacedResult, StoredResult } from '../outcome/outcome.ts'
import { renderDetails, renderMontage, renderReport } from '../report/render-report.ts'
import { renderReportPdf } from '../report/render-report-pdf.ts'
import type { ReportImage, ReportInput } from '../report/report-input.ts'
import { buildEncapsulatedPdf } from '../results/encapsulated-pdf.ts'
import type { ResultIdentity } from '../results/result-identity.ts'
import { makeResultUids, type ResultUids, type TimelessIdentity } from '../results/result-uids.ts'
import { buildSecondaryCapture } from '../results/secondary-capture.ts'
import { buildSegmentation } from '../results/seg/segmentation.ts'
import type { SegmentedRegion } from '../results/segmented-region.ts'
import { buildMeasurementDocument } from '../results/sr/measurement-document.ts'
import type { SeriesVerdict } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { collectStudyFacts, type StudyFacts } from '../selection/study-facts.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import { describeSubject } from './describe-subject.ts'
import type { FollowedChange } from './follow-change.ts'
import { type Interpretation, interpretVolumes } from './interpret-volumes.ts'
import { showChange } from './show-change.ts'
import type { ResultInstance } from './store-results.ts'

export interface CompositionInput {
  readonly identity: ResultIdentity
  readonly series: readonly SeriesFacts[]
  readonly chosen: SeriesFacts
  readonly verdicts: readonly SeriesVerdict[]
  readonly measured: MeasuredSeries
  readonly manifest: ModelManifest
  readonly software: { readonly name: string; readonly version: string }
  readonly replaces: ReplacedResult | undefined
  /** Whether the archive has a page saying that the study was not measured. */
  readonly replacesRejection?: boolean | undefined
  /** Reports about the same images under other identifiers assigned by the archive. */
  readonly copies?: readonly StoredResult[] | undefined
  /** Reference values of this installation. */
  readonly norms: Norms
  readonly history?: ChangeOverTime | undefined
  /** Slices of both scans if the change was measured image against image. */
  readonly followed?: FollowedChange | undefined
  readonly drawIdentity: boolean
  /**
   * Whether pages show accession number, dates and description of the study; they do by default.
   */
  readonly drawStudy?: boolean | undefined
  /** IANA name of the site's time zone; undefined if unknown. */
  readonly timeZone?: string | undefined
  /** Of the impression. */
  readonly language: ImpressionLanguage
  /** Whether the page is written as a PDF, too. */
  readonly reportPdf: boolean
}

/**
 * The composed result of one identity: the three pages, the same as PDF if requested, and the
 * instances to archive.
 */
export interface ComposedResults {
  readonly page: ReportImage
  readonly details: ReportImage
  readonly montage: ReportImage
  readonly interpretation: Interpretation
  readonly impression: Impression
  readonly pdf: Uint8Array | undefined
  /** In the order of upload: referenced instances come first. */
  readonly instances: readonly ResultInstance[]
}

/** The UIDs the results of an identity have or may have; known before anything is measured. */
export function identifyResults(identity: TimelessIdentity): readonly ResultUids[] {
  return (['seg', 'sr', 'sc', 'details', 'montage', 'pdf', 'rejection'] as const).map((role) =>
    makeResultUids(identity, role),
  )
}

/** The horns that have a volume, as regions of the label map that holds them. */
function listHorns(
  { horns = [] }: MeasuredSeries,
  { horn: model }: ModelManifest,
): readonly SegmentedRegion[] {
  return horns.flatMap((horn) => {
    const { side } = horn
    if (horn.state !== 'measured' || side === 'unknown' || model === undefined) return []
    const { volumeMm3, standardErrorMm3 } = horn
    const label = hornLabels[side]
    return [{ label, side, part: 'temporal-horn' as const, volumeMm3, standardErrorMm3, model }]
  })
}

/** The regions of the label map with their volumes. */
function measureRegions({ regions, volumes }: MeasuredSeries): readonly SegmentedRegion[] {
  return regions.map((region) => {
    const ofSide = volumes.find(({ side }) => side === region.side)!
    const volumeMm3 = region.part === 'anterior' ? ofSide.anteriorMm3 : ofSide.posteriorMm3
    return { ...region, volumeMm3, standardErrorMm3: ofSide.standardErrorMm3?.[region.part] }
  })
}

const copied =
  'The study contains copies of an earlier result, which the archive made from another study. This result replaces them.'

const wasRefused =
  'An earlier page of this study says that the hippocampus was not measured. More images have arrived, and this result replaces it.'

function describeReport(
  input: CompositionInput,
  facts: StudyFacts,
  interpretation: Interpretation,
  impression: Impression,
): ReportInput {
  const { verdicts, measured, manifest } = input
  const notices = [
    ...(input.copies?.length ? [copied] : []),
    ...(input.replacesRejection ? [wasRefused] : []),
  ]
  const own = new Set(
    input.series.flatMap((one) => (one.isOwnResult ? [one.seriesInstanceUid] : [])),
  )
  return {
    ...describeSubject(input, facts, measured.instances[0]),
    otherSeries: verdicts
      .filter((one) => !one.chosen && !own.has(one.seriesInstanceUid))
      .map((one) => ({
        number: one.seriesNumber,
        description: one.seriesDescription,
        sentence: one.sentence,
      })),
    kind: measured.kind,
    volume: measured.volume,
    labelMap: measured.labelMap,
    regions: measured.regions,
    volumes: measured.volumes,
    intracranialVolume: measured.intracranialVolume,
    horns: measured.horns,
    quality: measured.quality,
    warnings: [...measured.warnings, ...facts.notes, ...notices],
    ...interpretation,
    impression: impression.text,
    model: {
      name: manifest.name,
      version: manifest.version,
      sha256: manifest.sha256,
      accuracy: accuracyOf(manifest, measured.kind),
    },
    software: input.software,
    analysedAt: input.identity.analysedAt,
    timeZone: input.timeZone,
    predecessor: input.replaces && {
      analysedAt: new Date(input.replaces.analysedAt),
      sourceInstanceCount: input.replaces.sourceInstanceCount,
    },
    history:
      input.drawStudy === false ? input.history && withoutDates(input.history) : input.history,
    changeViews: input.followed && showChange(input.followed.sides),
  }
}

/**
 * Whether pages show anything that identifies the person or the study: an anonymised copy keeps its
 * pixels.
 */
export function showsIdentity(
  input: Pick<CompositionInput, 'drawIdentity' | 'drawStudy'>,
): boolean {
  return input.drawIdentity || input.drawStudy !== false
}

/** The same change with studies identified only by the time between them. */
function withoutDates(change: ChangeOverTime): ChangeOverTime {
  const { longitudinal } = change
  const timePoints = change.timePoints.map((point) => ({ ...point, studyDate: '' }))
  const unused = change.unused.map((study) => ({ ...study, studyDate: '' }))
  return {
    ...{ ...change, timePoints, unused },
    ...(longitudinal && { longitudinal: { ...longitudinal, studyDate: '' } }),
  }
}

/** The model's accuracy in images of this kind; the page of a head must not show that of crops. */
function accuracyOf({ scores }: ModelManifest, kind: MeasuredSeries['kind']) {
  if (kind === 'head') return scores?.heads
  const { diceWhole, of = 'crops it had not seen' } = scores ?? {}
  return diceWhole === undefined ? undefined : { diceWhole, of }
}

/** Encodes every instance that goes into the archive. */
function encodeResults(
  input: CompositionInput,
  { page, details, montage, pdf, interpretation, impression }: Omit<ComposedResults, 'instances'>,
): readonly ResultInstance[] {
  const { identity, measured, software, manifest: model, timeZone } = input
  const burnedInIdentity = showsIdentity(input)
  const result = { identity, sources: measured.instances, software, model, timeZone }
  const { sourceSlices, volumes, intracranialVolume, horns } = measured
  const { history } = input
  const isCompared = history && history.timePoints.length + history.unused.length > 1
  const told = isCompared
    ? [history.longitudinal?.sentence, history.sentence, history.details].filter(
        (one) => one !== undefined,
      )
    : []
  const warnings = [...measured.warnings, ...told]
  const regions = [...measureRegions(measured), ...listHorns(measured, model)]
  const labelMap = measured.withHorns?.() ?? measured.labelMap
  const segmentation = buildSegmentation({ ...result, labelMap, sourceSlices, regions })
  const predecessors = [input.replaces?.measurements, ...(input.copies ?? [])].filter(
    (one) => one !== undefined,
  )
  const measurements = {
    ...result,
    segmentation,
    labelMap,
    sourceSlices,
    regions,
    volumes,
    intracranialVolume,
    horns,
    warnings,
    impression,
    norms: interpretation.norms,
    asymmetry: interpretation.asymmetry,
    longitudinal: history?.longitudinal,
    predecessors,
  }
  return [
    { role: 'segmentation', ...segmentation },
    { role: 'measurements', ...buildMeasurementDocument(measurements) },
    { role: 'report', ...buildSecondaryCapture({ ...result, report: page, burnedInIdentity }) },
    ...(
      [
        ['details', details],
        ['montage', montage],
      ] as const
    ).map(([role, report]) => ({
      role,
      ...buildSecondaryCapture({ ...result, subject: role, report, burnedInIdentity }),
    })),
    ...(pdf === undefined
      ? []
      : [
          {
            role: 'document',
            ...buildEncapsulatedPdf({ ...result, pdf, burnedInIdentity }),
          } as const,
        ]),
  ]
}

/** Interprets the volumes, draws the pages and encodes everything that goes into the archive. */
export async function composeResults(
  input: CompositionInput,
  step: TimeStep,
): Promise<ComposedResults> {
  const drawn = await step('report', () => {
    const { chosen, measured, manifest, norms } = input
    const facts = collectStudyFacts(chosen, input.series)
    const person = { ageYears: parseYears(facts.patientAge), sex: facts.patientSex }
    const { magneticFieldStrength } = chosen
    const interpretation = interpretVolumes(
      measured,
      person,
      magneticFieldStrength,
      manifest,
      norms,
    )
    const impression = writeImpression(
      {
        ...measured,
        ...interpretation,
        hasWarnings: measured.verdict === 'warning' || measured.warnings.length > 0,
        history: input.history,
      },
      input.language,
    )
    const report = describeReport(input, facts, interpretation, impression)
    return {
      page: renderReport(report),
      details: renderDetails(report),
      montage: renderMontage(report),
      pdf: input.reportPdf ? renderReportPdf(report) : undefined,
      interpretation,
      impression,
    }
  })
  const instances = await step('encode', () => encodeResults(input, drawn))
  return { ...drawn, instances }
}
