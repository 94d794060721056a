import type { Archive } from '../archive/archive.ts'
import { HippoError } from '../errors.ts'
import type { Segmenter } from '../inference/segmenter.ts'
import type { RunJob } from '../queue/run-job.ts'
import { selectSeries } from '../selection/select-series.ts'
import type { SelectionRules } from '../selection/series-choice.ts'
import { composeResults, identifyReport } from './compose-results.ts'
import {
  digestContent,
  digestSettings,
  fingerprintSeries,
  fingerprintStudy,
} from './fingerprint.ts'
import { measureSeries } from './measure-series.ts'
import type { AnalysisOutcome, MeasuredResult } from './outcome.ts'
import { planResult, readEarlierResults } from './plan-result.ts'
import { storeResults } from './store-results.ts'
import { findSameLook, isResultStored, type StudyHistory } from './study-history.ts'
import { timeSteps } from './time-steps.ts'

export interface AnalysisDependencies {
  readonly archive: Archive
  readonly segmenter: Segmenter
  readonly history: StudyHistory
  readonly rules: SelectionRules
  readonly settings: { readonly drawIdentity: boolean; readonly maximumSeriesBytes: number }
  readonly software: { readonly name: string; readonly version: string }
  /** Keeps a job's page for the API; the archive holds the lasting one. */
  readonly keepReport: (jobId: string, png: Uint8Array) => Promise<void>
  /** Milliseconds of any fixed origin, for durations. */
  readonly monotonicClock: () => number
}

/** Says how a job ends that found nothing new: the earlier outcome, and whose it is. */
function endUnchanged(same: { readonly jobId: string; readonly outcome: AnalysisOutcome }) {
  const outcome: AnalysisOutcome = { ...same.outcome, sameAsJobId: same.jobId }
  return { state: 'unchanged', outcome, predecessorJobId: same.jobId } as const
}

/**
 * The one story of a study, step after step: catalogue, select, fetch, decode, assemble, infer, measure,
 * report, encode, store, verify. Safe to repeat after being killed anywhere: it writes the same
 * instances again, or finds that there is nothing new. Throws HippoError with the stage it stopped at.
 */
export function createStudyAnalysis(dependencies: AnalysisDependencies): RunJob {
  const { archive, segmenter, history, rules, settings, software } = dependencies
  const configDigest = digestSettings({ drawIdentity: settings.drawIdentity })

  return async (job, context) => {
    const { signal } = context
    const step = timeSteps(dependencies.monotonicClock, context.recordStage, signal)
    const { orthancStudyId } = job

    const { series } = await step('catalogue', () =>
      archive.readCatalogue(orthancStudyId, { signal }),
    )
    const studyFingerprint = fingerprintStudy(series)
    if (!job.force && job.trigger !== 'request') {
      const jobs = await history.recentJobs(orthancStudyId)
      const same = findSameLook(job, jobs, studyFingerprint, series)
      if (same !== undefined) return endUnchanged(same)
    }

    const { verdicts, chosen, refusal } = await step('select', () => selectSeries(series, rules))
    context.recordOutcome({ verdicts, studyFingerprint, result: undefined })
    if (chosen === undefined) {
      throw new HippoError(
        refusal?.code ?? 'NO_MEASURABLE_SERIES',
        refusal?.message ?? 'The study has no series that can be measured.',
      )
    }

    const { seriesInstanceUid } = chosen
    const files = await step('fetch', () =>
      archive.fetchSeries(
        { ...chosen, studyInstanceUid: job.studyInstanceUid },
        { maximumBytes: settings.maximumSeriesBytes, signal },
      ),
    )
    const basis = {
      measuredSeriesInstanceUid: seriesInstanceUid,
      contentDigest: digestContent(files),
      modelSha256: segmenter.manifest.sha256,
      softwareVersion: software.version,
      configDigest,
    }
    const identify = (runNumber: number) => ({
      studyInstanceUid: job.studyInstanceUid,
      sourceSeriesInstanceUid: seriesInstanceUid,
      runNumber,
      ...basis,
    })
    const findStored = (runNumber: number) => {
      const { sopInstanceUid } = identifyReport(identify(runNumber))
      return series
        .flatMap(({ instances }) => instances)
        .find((instance) => instance.sopInstanceUid === sopInstanceUid)
    }
    const plan = planResult(
      job,
      basis,
      readEarlierResults(await history.succeededJobs(orthancStudyId)),
      (result) => isResultStored(result, series),
      (runNumber) => findStored(runNumber) !== undefined,
    )
    if (plan.kind === 'unchanged') return endUnchanged(plan.same)
    const { runNumber } = plan
    if (plan.kind === 'make' && runNumber > 0) await context.assignRunNumber(runNumber)

    const side =
      chosen.laterality === 'L' ? 'left' : chosen.laterality === 'R' ? 'right' : 'unknown'
    const measured = await measureSeries(files, side, segmenter, step, signal)

    // An instance of these UIDs that is already there was written by an attempt whose record is lost.
    // It must be met with the same bytes, and so with the same time.
    const stored = findStored(runNumber)?.orthancInstanceId
    const analysedAt =
      plan.kind === 'restore'
        ? new Date(plan.same.result.analysedAt)
        : stored === undefined
          ? new Date(job.analysisStartedAt ?? job.createdAt)
          : readAnalysisTime(await archive.readInstance(stored, { signal }))
    const replaces =
      plan.kind === 'restore'
        ? plan.same.result.replaces
        : plan.predecessor && {
            jobId: plan.predecessor.jobId,
            analysedAt: plan.predecessor.result.analysedAt,
            sourceInstanceCount: plan.predecessor.result.sourceInstanceCount,
          }

    const composed = await composeResults(
      {
        identity: { ...identify(runNumber), analysedAt },
        series,
        chosen,
        verdicts,
        measured,
        manifest: segmenter.manifest,
        software,
        replaces,
        drawIdentity: settings.drawIdentity,
      },
      step,
    )
    const results = await storeResults(archive, job, composed.instances, step, signal)
    if (plan.kind === 'restore') return endUnchanged(plan.same)
    await dependencies.keepReport(job.id, composed.page.png)

    const result: MeasuredResult = {
      measuredSeriesInstanceUid: seriesInstanceUid,
      sourceInstanceCount: files.length,
      sourceFingerprint: fingerprintSeries(chosen),
      contentDigest: basis.contentDigest,
      volumes: measured.volumes,
      warnings: measured.warnings,
      model: {
        name: segmenter.manifest.name,
        version: segmenter.manifest.version,
        sha256: segmenter.manifest.sha256,
      },
      softwareVersion: software.version,
      configDigest,
      runNumber,
      analysedAt: analysedAt.toISOString(),
      stored: results,
      ...(replaces === undefined ? {} : { replaces }),
    }
    return {
      state: 'succeeded',
      outcome: { verdicts, studyFingerprint, result } satisfies AnalysisOutcome,
      predecessorJobId: plan.predecessor?.jobId,
    }
  }
}
