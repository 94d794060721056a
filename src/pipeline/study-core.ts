import type { HippoError } from '../errors.ts'
import type { ImpressionLanguage } from '../impression/templates.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import type { QualityFinding } from '../measurement/quality-finding.ts'
import { type DecodedFiles, digestContent } from '../measuring/digest-content.ts'
import type { MeasuringTools } from '../measuring/measure-head.ts'
import { type MeasuredSeries, measureSeries } from '../measuring/measure-series.ts'
import { digestNorms, digestSettings } from '../outcome/fingerprint.ts'
import type { ResultIdentity } from '../results/result-identity.ts'
import { selectSeries } from '../selection/select-series.ts'
import type { SelectionRules, SeriesChoice } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import type { TimeStep } from '../telemetry/time-steps.ts'
import { type ComposedRejection, composeRejection, findingsBehind } from './compose-rejection.ts'
import { type ComposedResults, type CompositionInput, composeResults } from './compose-results.ts'
import { describeCandidate } from './describe-candidate.ts'
import type { Turn } from './try-candidates.ts'

/** Tools and settings for measuring a study, from the archive or from a folder. */
export interface StudyCoreOptions {
  readonly tools: MeasuringTools
  readonly rules: SelectionRules
  readonly norms: Norms
  readonly software: { readonly name: string; readonly version: string }
  /** Whether patient name and id are drawn on the page. */
  readonly drawIdentity: boolean
  /** False omits accession number, dates and description of the study from the page. */
  readonly drawStudy?: boolean | undefined
  /** IANA name of the site's time zone; undefined if unknown. */
  readonly timeZone?: string | undefined
  /** Of the impression; English unless said otherwise. */
  readonly language?: ImpressionLanguage | undefined
  /** Whether the page is written as a PDF, too. */
  readonly reportPdf: boolean
  /** Whether to make a page with the reason if a selected series was not measured. */
  readonly reportRejected: boolean
}

/** A study with its selected series and the identity of the results to make. */
export interface ChosenStudy {
  readonly identity: ResultIdentity
  readonly series: readonly SeriesFacts[]
  /** The current candidate, with the current verdicts. */
  readonly turn: Turn
  readonly files: readonly Uint8Array[]
  /** Frames decoded for the identity; measuring takes them. */
  readonly decoded: DecodedFiles
}

/** The identity without run number and time, and the files decoded for it. */
export interface IdentifiedFiles {
  readonly basis: Omit<ResultIdentity, 'runNumber' | 'analysedAt'>
  readonly decoded: DecodedFiles
}

/** Called for a study without a measurable candidate. */
export interface RejectionListener {
  /** Findings of the quality gates. */
  readonly onFindings?: (quality: readonly QualityFinding[]) => void
  /** Makes the page with the reason; not called if none is wanted. */
  readonly onPage: (rejection: ComposedRejection) => Promise<void>
}

export interface StudyCore {
  /** Digest of the settings that shape a result. */
  readonly configDigest: string
  select(series: readonly SeriesFacts[], step: TimeStep): Promise<SeriesChoice>
  /** The identity of the results from the files of a series, without run number and time. */
  identify(
    studyInstanceUid: string,
    chosen: SeriesFacts,
    files: readonly Uint8Array[],
    step: TimeStep,
    signal: AbortSignal,
  ): Promise<IdentifiedFiles>
  /** Throws HippoError with the stage it stopped at. */
  measure(study: ChosenStudy, step: TimeStep, signal: AbortSignal): Promise<MeasuredSeries>
  /** Makes the page with the reason why the series was not measured, if configured. */
  reject(
    study: ChosenStudy,
    error: HippoError,
    listener: RejectionListener,
    step: TimeStep,
  ): Promise<void>
  compose(
    study: ChosenStudy,
    measured: MeasuredSeries,
    past: Pick<
      CompositionInput,
      'replaces' | 'history' | 'copies' | 'replacesRejection' | 'followed'
    >,
    step: TimeStep,
  ): Promise<ComposedResults>
}

/** The steps that every study goes through, without the archive, the queue and the file system. */
export function createStudyCore(options: StudyCoreOptions): StudyCore {
  const { tools, rules, norms, software, drawIdentity, reportPdf, reportRejected } = options
  const { manifest } = tools.segmenter
  const { drawStudy, timeZone, language = 'en' } = options
  const configDigest = digestSettings({
    ...{ drawIdentity, reportPdf, norms: digestNorms(norms) },
    ...(drawStudy === false && { drawStudy }),
    ...(manifest.horn && { hornSha256: manifest.horn.sha256 }),
    ...(language !== 'en' && { language }),
  })
  const partsOf = ({ identity, series, turn }: ChosenStudy) => ({
    ...{ identity, series, chosen: turn.candidate.facts, verdicts: turn.verdicts },
    ...{ manifest, software, drawIdentity, drawStudy, timeZone },
  })
  return {
    configDigest,
    select: (series, step) => step('select', () => selectSeries(series, rules)),
    async identify(studyInstanceUid, chosen, files, step, signal) {
      const decoded: DecodedFiles = new Map()
      const basis = {
        studyInstanceUid,
        sourceSeriesInstanceUid: chosen.seriesInstanceUid,
        contentDigest: await step('decode', () => digestContent(files, decoded, signal)),
        modelSha256: manifest.sha256,
        softwareVersion: software.version,
        configDigest,
      }
      return { basis, decoded }
    },
    measure: ({ turn, files, decoded }, step, signal) =>
      measureSeries(files, describeCandidate(turn), tools, step, signal, decoded),
    async reject(study, error, { onFindings, onPage }, step) {
      onFindings?.(findingsBehind(error))
      if (!reportRejected) return
      const { files } = study
      const rejection = await composeRejection({ ...partsOf(study), files, error }, step)
      if (rejection !== undefined) await onPage(rejection)
    },
    compose: (study, measured, past, step) =>
      composeResults({ ...partsOf(study), measured, norms, ...past, reportPdf, language }, step),
  }
}
