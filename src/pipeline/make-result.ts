import type { EarlierComparison } from '../history/comparison.ts'
import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import type { MeasuredSeries } from '../measuring/measure-series.ts'
import { fingerprintSeries } from '../outcome/fingerprint.ts'
import type { AnalysisOutcome, MeasuredResult, StoredResult } from '../outcome/outcome.ts'
import { planForwarding } from '../outcome/plan-forwarding.ts'
import { findRejection } from '../outcome/study-history.ts'
import { summarize } from '../outcome/summarize.ts'
import type { RunResult } from '../queue/run-job.ts'
import type { ComposedResults } from './compose-results.ts'
import { endUnchanged } from './end-unchanged.ts'
import { findCopies } from './find-copies.ts'
import { type FollowedChange, followChange } from './follow-change.ts'
import { nameSubject } from './name-subject.ts'
import type { PreparedCandidate } from './prepare-candidate.ts'
import { storeResults } from './store-results.ts'
import type { StudyRun } from './study-run.ts'

/** A measured candidate with the result to make of it. */
export type MeasuredCandidate = Extract<PreparedCandidate, { readonly kind: 'make' }> & {
  readonly measured: MeasuredSeries
}

/** The change since the oldest study that can be compared, image against image. */
async function follow(
  { images: [oldest] }: EarlierComparison,
  measured: MeasuredSeries,
  { dependencies, patientId, step, context }: StudyRun,
): Promise<FollowedChange | undefined> {
  if (oldest === undefined || measured.kind !== 'head') return undefined
  const { archive, tools, settings } = dependencies
  const { signal } = context
  const options = { archive, tools, maximumBytes: settings.maximumSeriesBytes, patientId, signal }
  return step('history', () => followChange(oldest, measured, options))
}

/** The comparison with earlier studies; a restored result keeps its original one. */
async function compare(run: StudyRun, { study, restores, measured }: MeasuredCandidate) {
  const { dependencies, comparisons, job, step, context } = run
  if (restores) return { change: restores.result.history }
  if (dependencies.settings.maximumEarlierStudies === 0) return {}
  const comparison = await step('history', () =>
    comparisons.compare(job, study, measured, context.signal),
  )
  if (comparison === undefined) return {}
  const followed = await follow(comparison, measured, run)
  const change = { ...comparison.change, ...(followed && { longitudinal: followed.change }) }
  return { comparison, followed, change }
}

function describeResult(
  { dependencies, core, series }: StudyRun,
  { study, replaces, measured }: MeasuredCandidate,
  { interpretation, impression }: ComposedResults,
  stored: readonly StoredResult[],
  change: ChangeOverTime | undefined,
): MeasuredResult {
  const { tools, settings, software } = dependencies
  const { name, version, sha256 } = tools.segmenter.manifest
  const { identity, turn } = study
  const { facts: chosen, kind } = turn.candidate
  return {
    measuredSeriesInstanceUid: chosen.seriesInstanceUid,
    sourceInstanceCount: chosen.instances.length,
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
}

/** Compares, composes and stores the result of a measured candidate, and ends the job. */
export async function makeResult(
  run: StudyRun,
  found: MeasuredCandidate,
  inferMilliseconds: () => number,
): Promise<RunResult> {
  const { dependencies, core, comparisons, job, context, step, series, recentJobs } = run
  const { archive, forwardTargets } = dependencies
  const { signal } = context
  const { study, replaces, restores, measured } = found
  const isForwarded = forwardTargets.length > 0
  const { comparison, followed, change } = await compare(run, found)
  const copies = await findCopies(series, recentJobs, archive, signal)
  const refused = replaces ? undefined : findRejection(recentJobs)
  const replacesRejection = refused !== undefined
  const past = { replaces, copies, replacesRejection, history: change, followed }
  const composed = await core.compose(study, measured, past, step)
  const [stored, png] = await Promise.all([
    storeResults(archive, job, composed.instances, step, signal),
    composed.page.toPng(),
  ])
  if (restores) return { ...endUnchanged(restores), followUp: isForwarded }
  await dependencies.keepReport(job.id, png)

  const result = describeResult(run, found, composed, stored, change)
  const outcome: AnalysisOutcome = {
    verdicts: study.turn.verdicts,
    studyFingerprint: run.studyFingerprint,
    result,
    ...(isForwarded && { forwarded: planForwarding(forwardTargets, dependencies.clock) }),
  }
  // The oldest first: each then finds the earlier ones measured, and no page needs a renewal.
  for (const one of comparison?.toMeasure.toReversed() ?? []) {
    await dependencies.requestMeasurement(one)
  }
  await comparisons.renewLater(job, series, result, signal)
  const { id: jobId, orthancStudyId } = job
  const activeMilliseconds = inferMilliseconds()
  dependencies.shadow?.keep({ jobId, orthancStudyId, measured, activeMilliseconds })
  return {
    state: 'succeeded',
    outcome,
    predecessorJobId: replaces?.jobId ?? refused?.id,
    followUp: isForwarded,
    summary: summarize(result),
  }
}
