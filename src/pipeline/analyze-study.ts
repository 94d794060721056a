import type { Archive } from '../archive/archive.ts'
import type { ForwardTarget } from '../archive/forward-instance.ts'
import type { HippoError } from '../errors.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import { isAskedFor, type StageTiming } from '../queue/job.ts'
import type { RunJob } from '../queue/run-job.ts'
import { selectSeries } from '../selection/select-series.ts'
import type { SelectionRules } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { compareWithEarlier } from './compare-with-earlier.ts'
import type { StudyToMeasure } from './comparison.ts'
import { composeRejection, findingsBehind } from './compose-rejection.ts'
import { composeResults } from './compose-results.ts'
import { decideResult } from './decide-result.ts'
import { describeCandidate } from './describe-candidate.ts'
import {
  digestContent,
  digestNorms,
  digestSettings,
  fingerprintSeries,
  fingerprintStudy,
} from './fingerprint.ts'
import { planForwarding } from './forward-results.ts'
import type { MeasuringTools } from './measure-head.ts'
import { measureSeries } from './measure-series.ts'
import { nameSubject } from './name-subject.ts'
import type { AnalysisOutcome, StoredResult } from './outcome.ts'
import type { ShadowModel } from './shadow-model.ts'
import { storeResults } from './store-results.ts'
import { findSameLook, type StudyHistory } from './study-history.ts'
import { timeSteps } from './time-steps.ts'
import { type Turn, tryCandidates } from './try-candidates.ts'

export interface AnalysisDependencies {
  readonly archive: Archive
  readonly tools: MeasuringTools
  readonly history: StudyHistory
  readonly rules: SelectionRules
  readonly norms: Norms
  readonly settings: {
    readonly drawIdentity: boolean
    readonly reportPdf: boolean
    /** Whether a page is stored that says why a chosen series was not measured. */
    readonly reportRejected: boolean
    readonly maximumSeriesBytes: number
    /** Earlier studies of the patient that are compared with; 0 looks for none. */
    readonly maximumEarlierStudies: number
  }
  readonly software: { readonly name: string; readonly version: string }
  /** Where results go on to from the archive, once the job has succeeded (forward-results.ts). */
  readonly forwardTargets: readonly ForwardTarget[]
  /** Queues an earlier study, to be measured when nothing else is waiting. */
  readonly requestMeasurement: (study: StudyToMeasure) => Promise<void>
  /** Epoch milliseconds. */
  readonly clock: () => number
  /** Keeps a job's page for the API; the archive holds the lasting one. */
  readonly keepReport: (jobId: string, png: Uint8Array) => Promise<void>
  /** Milliseconds of any fixed origin, for durations. */
  readonly monotonicClock: () => number
  readonly tracing?: Tracing | undefined
  /** Lets a second model look at what was measured and stored, once the job has ended. */
  readonly shadow?: Pick<ShadowModel, 'keep'> | undefined
}

/** Says how a job ends that found nothing new: the earlier outcome, and whose it is. */
function endUnchanged(same: { readonly jobId: string; readonly outcome: AnalysisOutcome }) {
  const { forwarded: _, ...found } = same.outcome
  const outcome: AnalysisOutcome = { ...found, sameAsJobId: same.jobId }
  return { state: 'unchanged', outcome, predecessorJobId: same.jobId } as const
}

/**
 * The one story of a study, step after step: catalogue, select, fetch, decode, assemble, localize (in
 * a whole head), infer, measure, compare with earlier studies, report, encode, store, verify; sending on
 * is left to the job's follow-up. Where the chosen series turns out not to be measurable the next best has
 * its turn; a study without one that can be measured gets a page that says why. Safe to repeat after being killed anywhere: it writes the same instances again, or finds
 * that there is nothing new. Throws HippoError with the stage it stopped at.
 */
export function createStudyAnalysis(dependencies: AnalysisDependencies): RunJob {
  const { archive, tools, history, rules, settings, software, forwardTargets } = dependencies
  const isForwarded = forwardTargets.length > 0
  const { manifest } = tools.segmenter
  const { name, version, sha256 } = manifest
  const { drawIdentity, reportPdf, maximumSeriesBytes: maximumBytes } = settings
  const { norms } = dependencies
  const configDigest = digestSettings({ drawIdentity, reportPdf, norms: digestNorms(norms) })

  return async (job, context) => {
    const { signal } = context
    const { orthancStudyId, studyInstanceUid } = job
    let inferMilliseconds = 0
    const recordStage = (timing: StageTiming) => {
      if (timing.stage === 'infer') inferMilliseconds += timing.milliseconds
      context.recordStage(timing)
    }
    const step = timeSteps(dependencies.monotonicClock, recordStage, signal, dependencies.tracing)

    const { series } = await step('catalogue', () =>
      archive.readCatalogue(orthancStudyId, { signal }),
    )
    const studyFingerprint = fingerprintStudy(series)
    if (!job.force && !isAskedFor(job)) {
      const jobs = await history.recentJobs(orthancStudyId)
      const same = findSameLook(job, jobs, studyFingerprint, series)
      if (same !== undefined) return endUnchanged(same)
    }

    const choice = await step('select', () => selectSeries(series, rules))
    context.recordOutcome({ verdicts: choice.verdicts, studyFingerprint, result: undefined })
    const fetch = ({ seriesInstanceUid, instances }: SeriesFacts) =>
      step('fetch', () =>
        archive.fetchSeries(
          { studyInstanceUid, seriesInstanceUid, instances },
          { maximumBytes, signal },
        ),
      )
    const earlier = await history.succeededJobs(orthancStudyId)
    const describeBasis = (sourceSeriesInstanceUid: string, files: readonly Uint8Array[]) => ({
      studyInstanceUid,
      sourceSeriesInstanceUid,
      contentDigest: digestContent(files),
      modelSha256: sha256,
      softwareVersion: software.version,
      configDigest,
    })

    let fetched: { readonly chosen: SeriesFacts; readonly files: Uint8Array[] } | undefined
    /** Fetches a candidate and settles what is to be made of it, if anything. */
    const prepare = async ({ candidate, verdicts }: Turn) => {
      const { facts: chosen, kind } = candidate
      // The last one that was tried is often the one whose page is drawn.
      const files = fetched?.chosen === chosen ? fetched.files : await fetch(chosen)
      fetched = { chosen, files }
      const basis = describeBasis(chosen.seriesInstanceUid, files)
      const decision = await decideResult(job, basis, series, earlier, archive, signal)
      if (decision.kind === 'unchanged') return decision
      const { identity, replaces, restores } = decision
      if (!restores && identity.runNumber > 0) await context.assignRunNumber(identity.runNumber)
      const parts = { identity, series, chosen, verdicts, manifest, software, drawIdentity }
      return { kind, files, basis, parts, replaces, restores }
    }
    const reject = async (turn: Turn, error: HippoError) => {
      const { facts, kind } = turn.candidate
      const { verdicts } = turn
      const looked = {
        seriesInstanceUid: facts.seriesInstanceUid,
        kind,
        quality: findingsBehind(error),
      }
      const tell = (stored: readonly StoredResult[]) =>
        context.recordOutcome({
          verdicts,
          studyFingerprint,
          result: undefined,
          rejection: { ...looked, stored },
        } satisfies AnalysisOutcome)
      tell([])
      if (!settings.reportRejected) return
      const prepared = await prepare(turn)
      if (!('files' in prepared)) return
      const { files, parts } = prepared
      const rejection = await composeRejection({ ...parts, files, error }, step)
      if (rejection === undefined) return
      tell(await storeResults(archive, job, rejection.instances, step, signal))
      await dependencies.keepReport(job.id, await rejection.page.toPng())
    }
    const attempt = async (turn: Turn) => {
      const { verdicts } = turn
      context.recordOutcome({ verdicts, studyFingerprint, result: undefined })
      const prepared = await prepare(turn)
      if (!('files' in prepared)) return prepared
      const { files } = prepared
      return {
        ...prepared,
        measured: await measureSeries(files, describeCandidate(turn), tools, step, signal),
      }
    }
    const found = await tryCandidates(choice, attempt, reject, signal)
    if (!('measured' in found)) {
      // A person who asks again wants what was given up to be tried again.
      return { ...endUnchanged(found.same), followUp: isForwarded && job.trigger === 'request' }
    }
    const { kind, basis, parts, replaces, restores, measured } = found
    const { chosen, identity, verdicts } = parts
    const { seriesInstanceUid, instances } = chosen
    const compare = () =>
      compareWithEarlier(
        {
          studyInstanceUid,
          series,
          chosen,
          kind,
          volumes: measured.volumes,
          intracranialVolumeMm3: measured.intracranialVolume?.mm3,
          model: { name, version, sha256 },
          softwareVersion: software.version,
        },
        {
          archive,
          history,
          rules,
          maximumStudies: settings.maximumEarlierStudies,
          // A backfill measures the past itself, at its own pace.
          mayMeasure: job.trigger !== 'history' && job.trigger !== 'backfill',
          signal,
        },
      )
    // A result that is written again says what it said.
    const comparison =
      restores || settings.maximumEarlierStudies === 0 ? undefined : await step('history', compare)
    const change = restores ? restores.result.history : comparison?.change
    const {
      page,
      interpretation,
      instances: results,
    } = await composeResults(
      { ...parts, measured, norms, replaces, history: change, reportPdf },
      step,
    )
    const [stored, png] = await Promise.all([
      storeResults(archive, job, results, step, signal),
      page.toPng(),
    ])
    if (restores) return { ...endUnchanged(restores), followUp: isForwarded }
    await dependencies.keepReport(job.id, png)

    const outcome: AnalysisOutcome = {
      verdicts,
      studyFingerprint,
      result: {
        measuredSeriesInstanceUid: seriesInstanceUid,
        sourceInstanceCount: instances.length,
        sourceFingerprint: fingerprintSeries(chosen),
        contentDigest: basis.contentDigest,
        kind,
        volumes: measured.volumes,
        subject: nameSubject(chosen, series),
        intracranialVolume: measured.intracranialVolume,
        confidence: measured.confidence,
        verdict: measured.verdict,
        quality: measured.quality,
        warnings: measured.warnings,
        norms: interpretation.norms,
        asymmetry: interpretation.asymmetry,
        model: { name, version, sha256 },
        softwareVersion: software.version,
        configDigest,
        runNumber: identity.runNumber,
        analysedAt: identity.analysedAt.toISOString(),
        stored,
        replaces,
        ...(change && { history: change }),
      },
      ...(isForwarded && { forwarded: planForwarding(forwardTargets, dependencies.clock) }),
    }
    for (const earlier of comparison?.toMeasure ?? []) {
      await dependencies.requestMeasurement(earlier)
    }
    dependencies.shadow?.keep({
      jobId: job.id,
      orthancStudyId,
      measured,
      activeMilliseconds: inferMilliseconds,
    })
    return {
      state: 'succeeded',
      outcome,
      predecessorJobId: replaces?.jobId,
      followUp: isForwarded,
    }
  }
}
