import type { Archive } from '../archive/archive.ts'
import type { ForwardTarget } from '../archive/forward-instance.ts'
import { HippoError, toHippoError } from '../errors.ts'
import { compareWithEarlier } from '../history/compare-with-earlier.ts'
import type { StudyToMeasure } from '../history/comparison.ts'
import type { Side } from '../measurement/hippocampus-volumes.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import { type DecodedFiles, digestContent } from '../measuring/digest-content.ts'
import type { MeasuringTools } from '../measuring/measure-head.ts'
import { measureSeries } from '../measuring/measure-series.ts'
import type { ShadowModel } from '../measuring/shadow-model.ts'
import {
  digestNorms,
  digestSettings,
  fingerprintSeries,
  fingerprintStudy,
} from '../outcome/fingerprint.ts'
import type { AnalysisOutcome, StoredResult } from '../outcome/outcome.ts'
import { planForwarding } from '../outcome/plan-forwarding.ts'
import {
  findRejection,
  findSameLook,
  refuseRepetition,
  type StudyHistory,
} from '../outcome/study-history.ts'
import { isAskedFor, type StageTiming } from '../queue/job.ts'
import type { RunJob } from '../queue/run-job.ts'
import { selectSeries } from '../selection/select-series.ts'
import type { SelectionRules } from '../selection/series-choice.ts'
import { timeSteps } from '../telemetry/time-steps.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { composeRejection, findingsBehind, isSeriesRejection } from './compose-rejection.ts'
import { composeResults } from './compose-results.ts'
import { decideResult } from './decide-result.ts'
import { findCopies } from './find-copies.ts'
import { nameSubject } from './name-subject.ts'
import { parseWithinBudget, requireListed } from './read-listed.ts'
import { requireSeries } from './require-series.ts'
import { storeResults } from './store-results.ts'

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

/** Side of the body a series says it shows; a guess would be worse than none. */
export function sideOf(laterality: 'L' | 'R' | undefined): Side {
  if (laterality === undefined) return 'unknown'
  return laterality === 'L' ? 'left' : 'right'
}

/**
 * Throws STUDY_MISMATCH where a job names an Orthanc study and the UID of another: whoever announced it
 * was mistaken, or wants a result to bear somebody else's name. The archive's own UID counts.
 */
function requireSameStudy(job: { readonly studyInstanceUid: string }, archived: string): void {
  if (job.studyInstanceUid === archived) return
  throw new HippoError(
    'STUDY_MISMATCH',
    'The announcement names a StudyInstanceUID that is not the one of this study in the archive. Nothing was measured.',
  )
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
 * is left to the job's follow-up. A chosen series that turns out not to be measurable gets a page that
 * says why. Safe to repeat after being killed anywhere: it writes the same instances again, or finds
 * that there is nothing new. Throws HippoError with the stage it stopped at.
 */
export function createStudyAnalysis(dependencies: AnalysisDependencies): RunJob {
  const { archive, tools, history, rules, settings, software, forwardTargets } = dependencies
  const isForwarded = forwardTargets.length > 0
  const { manifest } = tools.segmenter
  const { name, version, sha256 } = manifest
  const {
    drawIdentity,
    drawStudy,
    timeZone,
    reportPdf,
    maximumSeriesBytes: maximumBytes,
  } = settings
  const { norms } = dependencies
  const configDigest = digestSettings({
    ...{ drawIdentity, reportPdf, norms: digestNorms(norms) },
    ...(drawStudy === false && { drawStudy }),
  })

  return async (job, context) => {
    const { signal } = context
    const { orthancStudyId, studyInstanceUid } = job
    let inferMilliseconds = 0
    const recordStage = (timing: StageTiming) => {
      if (timing.stage === 'infer') inferMilliseconds += timing.milliseconds
      context.recordStage(timing)
    }
    const step = timeSteps(dependencies.monotonicClock, recordStage, signal, dependencies.tracing)

    const { study, series, patientId } = await step('catalogue', () =>
      archive.readCatalogue(orthancStudyId, { signal }),
    )
    requireSameStudy(job, study.studyInstanceUid)
    const studyFingerprint = fingerprintStudy(series)
    const recentJobs = await history.recentJobs(orthancStudyId)
    if (!job.force && !isAskedFor(job)) {
      const same = findSameLook(job, recentJobs, studyFingerprint)
      if (same !== undefined) return endUnchanged(same)
      refuseRepetition(job, recentJobs, studyFingerprint)
    }

    const choice = await step('select', () => selectSeries(series, rules))
    const { verdicts } = choice
    context.recordOutcome({ verdicts, studyFingerprint, result: undefined })
    const { facts: chosen, kind } = requireSeries(choice)

    const { seriesInstanceUid, instances } = chosen
    const files = await step('fetch', () =>
      archive.fetchSeries(
        { studyInstanceUid, seriesInstanceUid, instances },
        { maximumBytes, signal },
      ),
    )
    requireListed(parseWithinBudget(files), { studyInstanceUid, series: chosen, patientId })
    const decoded: DecodedFiles = new Map()
    const basis = {
      studyInstanceUid,
      sourceSeriesInstanceUid: seriesInstanceUid,
      contentDigest: await step('decode', () => digestContent(files, decoded, signal)),
      modelSha256: sha256,
      softwareVersion: software.version,
      configDigest,
    }
    const earlier = await history.succeededJobs(orthancStudyId)
    const decision = await decideResult(
      job,
      basis,
      { series, succeededJobs: earlier, recentJobs },
      archive,
      signal,
    )
    if (decision.kind === 'unchanged') {
      // A person who asks again wants what was given up to be tried again.
      return { ...endUnchanged(decision.same), followUp: isForwarded && job.trigger === 'request' }
    }
    const { identity, replaces, restores } = decision
    if (!restores && identity.runNumber > 0) await context.assignRunNumber(identity.runNumber)

    const drawn = { drawIdentity, drawStudy, timeZone }
    const parts = { identity, series, chosen, verdicts, manifest, software, ...drawn }
    const side = sideOf(chosen.laterality)
    const { contrastBolusAgent } = chosen
    const toMeasure = { kind, side, contrastBolusAgent }
    const measured = await measureSeries(files, toMeasure, tools, step, signal, decoded).catch(
      async (thrown: unknown) => {
        const error = toHippoError(thrown, 'measure')
        if (signal.aborted || !isSeriesRejection(error)) throw thrown
        const quality = findingsBehind(error)
        const looked = { seriesInstanceUid, kind, quality }
        const tell = (stored: readonly StoredResult[]) =>
          context.recordOutcome({
            verdicts,
            studyFingerprint,
            result: undefined,
            rejection: { ...looked, stored },
          } satisfies AnalysisOutcome)
        tell([])
        if (!settings.reportRejected) throw error
        const rejection = await composeRejection({ ...parts, files, error }, step)
        if (rejection === undefined) throw error
        tell(await storeResults(archive, job, rejection.instances, step, signal))
        await dependencies.keepReport(job.id, await rejection.page.toPng())
        throw error
      },
    )
    const copies = await step('history', () => findCopies(series, recentJobs, archive, signal))
    const refused = replaces ? undefined : findRejection(recentJobs)
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
      {
        ...{ ...parts, measured, norms, replaces, copies, history: change, reportPdf },
        replacesRejection: refused !== undefined,
      },
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
      predecessorJobId: replaces?.jobId ?? refused?.id,
      followUp: isForwarded,
    }
  }
}
