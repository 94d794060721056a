import type { Archive } from '../archive/archive.ts'
import { HippoError } from '../errors.ts'
import type { EarlierComparison, StudyToMeasure } from '../history/comparison.ts'
import type { ImpressionLanguage } from '../impression/templates.ts'
import { writeRefusal } from '../impression/write-impression.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import type { QualityFinding } from '../measurement/quality-finding.ts'
import type { MeasuringTools } from '../measuring/measure-head.ts'
import type { MeasuredSeries } from '../measuring/measure-series.ts'
import type { ShadowModel } from '../measuring/shadow-model.ts'
import { fingerprintSeries, fingerprintStudy } from '../outcome/fingerprint.ts'
import type { AnalysisOutcome, MeasuredResult, StoredResult } from '../outcome/outcome.ts'
import { planForwarding, type ResultTarget } from '../outcome/plan-forwarding.ts'
import {
  findRejection,
  findSameLook,
  isResultStored,
  refuseRepetition,
  type StudyHistory,
} from '../outcome/study-history.ts'
import { summarize } from '../outcome/summarize.ts'
import { isAskedFor, isRenewal, type StageTiming } from '../queue/job.ts'
import type { RunJob } from '../queue/run-job.ts'
import type { SelectionRules } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { type TimeStep, timeSteps } from '../telemetry/time-steps.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { createComparisons } from './compare-study.ts'
import type { ComposedRejection } from './compose-rejection.ts'
import { decideResult } from './decide-result.ts'
import { findCopies } from './find-copies.ts'
import { type FollowedChange, followChange } from './follow-change.ts'
import { nameSubject } from './name-subject.ts'
import { readEarlierResults } from './plan-result.ts'
import { parseWithinBudget, requireListed } from './read-listed.ts'
import { storeResults } from './store-results.ts'
import { type ChosenStudy, createStudyCore } from './study-core.ts'
import { type Turn, tryCandidates } from './try-candidates.ts'

export interface AnalysisDependencies {
  readonly archive: Archive
  readonly tools: MeasuringTools
  readonly history: StudyHistory
  readonly rules: SelectionRules
  readonly norms: Norms
  readonly settings: {
    readonly drawIdentity: boolean
    readonly drawStudy?: boolean | undefined
    readonly timeZone?: string | undefined
    /** Of the impression; English unless said otherwise. */
    readonly language?: ImpressionLanguage | undefined
    readonly reportPdf: boolean
    /** Whether to store a page with the reason if a selected series was not measured. */
    readonly reportRejected: boolean
    readonly maximumSeriesBytes: number
    /** Maximum number of earlier studies to compare with; 0 disables the comparison. */
    readonly maximumEarlierStudies: number
  }
  readonly software: { readonly name: string; readonly version: string }
  /** Targets that results are forwarded to once the job has succeeded (forward-results.ts). */
  readonly forwardTargets: readonly ResultTarget[]
  /** Queues another study of the patient, to be measured or renewed when nothing else is waiting. */
  readonly requestMeasurement: (study: StudyToMeasure) => Promise<void>
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Stores a job's page for the API; the permanent copy is in the archive. */
  readonly keepReport: (jobId: string, png: Uint8Array) => Promise<void>
  /** Milliseconds of any fixed origin, for durations. */
  readonly monotonicClock: () => number
  readonly tracing?: Tracing | undefined
  /** Runs the model in shadow mode on the measured study once the job has ended. */
  readonly shadow?: Pick<ShadowModel, 'keep'> | undefined
}

/**
 * Throws STUDY_MISMATCH if a job has the UID of a different study than its Orthanc study: the
 * notification was wrong, or an attempt to get a result under another patient's name. The archive's
 * own UID is authoritative.
 */
function requireSameStudy(job: { readonly studyInstanceUid: string }, archived: string): void {
  if (job.studyInstanceUid === archived) return
  throw new HippoError(
    'STUDY_MISMATCH',
    'The notification has a StudyInstanceUID that differs from the one of this study in the archive. Nothing was measured.',
  )
}

/** The end of a job that found nothing new: the earlier outcome and its job. */
function endUnchanged(same: { readonly jobId: string; readonly outcome: AnalysisOutcome }) {
  const { forwarded: _, ...found } = same.outcome
  const outcome: AnalysisOutcome = { ...found, sameAsJobId: same.jobId }
  return { state: 'unchanged', outcome, predecessorJobId: same.jobId } as const
}

/**
 * The analysis of a study, step by step: catalogue, select, fetch, decode, assemble, localize (in a
 * whole head), infer, measure, compare with earlier studies, report, encode, store, verify; the
 * job's follow-up does the forwarding. If the selected series cannot be measured, the next best is
 * tried; a study without a measurable series gets a page with the reason. Safe to repeat after
 * being killed at any point: it writes the same instances again, or finds nothing new. Throws
 * HippoError with the stage it stopped at.
 */
export function createStudyAnalysis(dependencies: AnalysisDependencies): RunJob {
  const { archive, tools, history, rules, norms, settings, software } = dependencies
  const isForwarded = dependencies.forwardTargets.length > 0
  const { name, version, sha256 } = tools.segmenter.manifest
  const { maximumSeriesBytes: maximumBytes, maximumEarlierStudies: maximumStudies } = settings
  const core = createStudyCore({ ...settings, tools, rules, norms, software })

  const comparisons = createComparisons({
    ...{ archive, history, rules, maximumStudies },
    model: { name, version, sha256 },
    softwareVersion: software.version,
    configDigest: core.configDigest,
    requestMeasurement: dependencies.requestMeasurement,
  })

  /** The change since the oldest study that can be compared, image against image. */
  async function follow(
    { images: [oldest] }: EarlierComparison,
    measured: MeasuredSeries,
    patientId: string | undefined,
    step: TimeStep,
    signal: AbortSignal,
  ): Promise<FollowedChange | undefined> {
    if (oldest === undefined || measured.kind !== 'head') return undefined
    const options = { archive, tools, maximumBytes, patientId, signal }
    return step('history', () => followChange(oldest, measured, options))
  }

  return async (job, context) => {
    const { signal } = context
    const { orthancStudyId, studyInstanceUid } = job
    let inferMilliseconds = 0
    const recordStage = (timing: StageTiming) => {
      if (timing.stage === 'infer') inferMilliseconds += timing.milliseconds
      context.recordStage(timing)
    }
    const step = timeSteps(dependencies.monotonicClock, recordStage, signal, dependencies.tracing)

    const listed = await step('catalogue', () => archive.readCatalogue(orthancStudyId, { signal }))
    const { series, patientId } = listed
    requireSameStudy(job, listed.study.studyInstanceUid)
    const studyFingerprint = fingerprintStudy(series)
    const recentJobs = await history.recentJobs(orthancStudyId)
    if (!job.force && !isAskedFor(job)) {
      const same = findSameLook(job, recentJobs, studyFingerprint)
      if (same !== undefined) {
        // It may have been restored after a later study was measured without it.
        const { result } = same.outcome
        if (result && isResultStored(result, series)) {
          await comparisons.renewLater(job, series, result, signal)
        }
        return endUnchanged(same)
      }
      refuseRepetition(job, recentJobs, studyFingerprint)
    }

    const succeededJobs = await history.succeededJobs(orthancStudyId)
    if (isRenewal(job)) {
      const isWorthIt = await step('history', () =>
        comparisons.isOutdated(job, series, succeededJobs, signal),
      )
      const [same] = readEarlierResults(succeededJobs).filter(({ superseded }) => !superseded)
      if (!isWorthIt && same) return endUnchanged(same)
      if (!isWorthIt) {
        const outcome = { verdicts: [], studyFingerprint } satisfies AnalysisOutcome
        return { state: 'unchanged', outcome, predecessorJobId: undefined }
      }
    }

    const choice = await core.select(series, step)
    context.recordOutcome({ verdicts: choice.verdicts, studyFingerprint })

    let fetched: { readonly of: SeriesFacts; readonly files: Uint8Array[] } | undefined
    async function fetchSeries(facts: SeriesFacts): Promise<Uint8Array[]> {
      // The page about a study that cannot be measured usually describes the series fetched last.
      if (fetched?.of === facts) return fetched.files
      const { seriesInstanceUid, instances } = facts
      const files = await step('fetch', () =>
        archive.fetchSeries(
          { studyInstanceUid, seriesInstanceUid, instances },
          { maximumBytes, signal },
        ),
      )
      requireListed(parseWithinBudget(files), { studyInstanceUid, series: facts, patientId })
      fetched = { of: facts, files }
      return files
    }

    /** Fetches a candidate and decides whether a result is needed. */
    async function prepare(turn: Turn) {
      const { facts } = turn.candidate
      const files = await fetchSeries(facts)
      const { basis, decoded } = await core.identify(studyInstanceUid, facts, files, step, signal)
      const state = { series, succeededJobs, recentJobs }
      const decision = await decideResult(job, basis, state, archive, signal)
      if (decision.kind === 'unchanged') return decision
      const { identity, replaces, restores } = decision
      if (!restores && identity.runNumber > 0) await context.assignRunNumber(identity.runNumber)
      const study: ChosenStudy = { identity, series, turn, files, decoded }
      return { kind: 'make' as const, study, replaces, restores }
    }

    async function attempt(turn: Turn) {
      if (turn.passedOver.length > 0) {
        context.recordOutcome({ verdicts: turn.verdicts, studyFingerprint })
      }
      const prepared = await prepare(turn)
      if (prepared.kind === 'unchanged') return prepared
      return { ...prepared, measured: await core.measure(prepared.study, step, signal) }
    }

    async function reject(turn: Turn, error: HippoError): Promise<void> {
      const { facts, kind } = turn.candidate
      const { seriesInstanceUid } = facts
      const refusal = writeRefusal(settings.language ?? 'en')
      let quality: readonly QualityFinding[] = []
      const recordRejection = (stored: readonly StoredResult[]) =>
        context.recordOutcome({
          verdicts: turn.verdicts,
          studyFingerprint,
          rejection: { seriesInstanceUid, kind, quality, stored, impression: refusal },
        } satisfies AnalysisOutcome)
      const listener = {
        onFindings(findings: readonly QualityFinding[]) {
          quality = findings
          recordRejection([])
        },
        async onPage(rejection: ComposedRejection) {
          recordRejection(await storeResults(archive, job, rejection.instances, step, signal))
          await dependencies.keepReport(job.id, await rejection.page.toPng())
        },
      }
      const prepared = await prepare(turn)
      if (prepared.kind === 'make') await core.reject(prepared.study, error, listener, step)
    }

    const found = await tryCandidates(choice, attempt, reject, signal)
    if (found.kind === 'unchanged') {
      // A person's request also retries targets that have failed.
      return { ...endUnchanged(found.same), followUp: isForwarded && job.trigger === 'request' }
    }
    fetched = undefined
    const { study, replaces, restores, measured } = found
    const { identity, turn } = study
    const { verdicts } = turn
    const { facts: chosen, kind } = turn.candidate
    const { seriesInstanceUid, instances } = chosen
    // A restored result keeps its original content.
    const comparison =
      restores || maximumStudies === 0
        ? undefined
        : await step('history', () => comparisons.compare(job, study, measured, signal))
    const followed = comparison && (await follow(comparison, measured, patientId, step, signal))
    const change = restores
      ? restores.result.history
      : comparison && { ...comparison.change, ...(followed && { longitudinal: followed.change }) }
    const copies = await findCopies(series, recentJobs, archive, signal)
    const refused = replaces ? undefined : findRejection(recentJobs)
    const past = {
      replaces,
      copies,
      replacesRejection: refused !== undefined,
      history: change,
      followed,
    }
    const composed = await core.compose(study, measured, past, step)
    const { page, interpretation, impression, instances: results } = composed
    const [stored, png] = await Promise.all([
      storeResults(archive, job, results, step, signal),
      page.toPng(),
    ])
    if (restores) return { ...endUnchanged(restores), followUp: isForwarded }
    await dependencies.keepReport(job.id, png)

    const result: MeasuredResult = {
      measuredSeriesInstanceUid: seriesInstanceUid,
      sourceInstanceCount: instances.length,
      sourceFingerprint: fingerprintSeries(chosen),
      contentDigest: identity.contentDigest,
      kind,
      volumes: measured.volumes,
      subject: nameSubject(chosen, series, measured.instances[0], settings.timeZone),
      intracranialVolume: measured.intracranialVolume,
      ...(measured.horns?.length && { temporalHorns: measured.horns }),
      confidence: measured.confidence,
      verdict: measured.verdict,
      quality: measured.quality,
      warnings: measured.warnings,
      norms: interpretation.norms,
      asymmetry: interpretation.asymmetry,
      impression,
      model: { name, version, sha256 },
      softwareVersion: software.version,
      configDigest: core.configDigest,
      runNumber: identity.runNumber,
      analysedAt: identity.analysedAt.toISOString(),
      stored,
      replaces,
      ...(change && { history: change }),
    }
    const outcome: AnalysisOutcome = {
      verdicts,
      studyFingerprint,
      result,
      ...(isForwarded && {
        forwarded: planForwarding(dependencies.forwardTargets, dependencies.clock),
      }),
    }
    // The oldest first: each then finds the earlier ones measured, and no page needs a renewal.
    for (const one of comparison?.toMeasure.toReversed() ?? []) {
      await dependencies.requestMeasurement(one)
    }
    await comparisons.renewLater(job, series, result, signal)
    dependencies.shadow?.keep({
      jobId: job.id,
      orthancStudyId,
      measured,
      activeMilliseconds: inferMilliseconds,
    })
    return {
      state: 'succeeded',
      outcome,
      predecessorJobId: replaces?.jobId ?? refused?.id,
      followUp: isForwarded,
      summary: summarize(result),
    }
  }
}
