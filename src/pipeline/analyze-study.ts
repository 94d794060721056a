import { HippoError } from '../errors.ts'
import { fingerprintStudy } from '../outcome/fingerprint.ts'
import type { Job, StageTiming } from '../queue/job.ts'
import type { RunContext, RunJob, RunResult } from '../queue/run-job.ts'
import { timeSteps } from '../telemetry/time-steps.ts'
import { createComparisons } from './compare-study.ts'
import { endKnownImages, endNeedlessRenewal, endUnchanged } from './end-unchanged.ts'
import { makeResult } from './make-result.ts'
import { createPreparation } from './prepare-candidate.ts'
import { rejectCandidate } from './reject-candidate.ts'
import { createStudyCore } from './study-core.ts'
import type { AnalysisDependencies, StudyRun } from './study-run.ts'
import { type Turn, tryCandidates } from './try-candidates.ts'

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

/** Selects, fetches and measures the best candidate that can be measured, and makes its result. */
async function analyze(run: StudyRun, inferMilliseconds: () => number): Promise<RunResult> {
  const { dependencies, core, job, context, step, series, studyFingerprint } = run
  const { signal } = context
  const known = await endKnownImages(run)
  if (known) return known
  const succeededJobs = await dependencies.history.succeededJobs(job.orthancStudyId)
  const needless = await endNeedlessRenewal(run, succeededJobs)
  if (needless) return needless

  const choice = await core.select(series, step)
  context.recordOutcome({ verdicts: choice.verdicts, studyFingerprint })
  const preparation = createPreparation(run, succeededJobs)

  async function attempt(turn: Turn) {
    if (turn.passedOver.length > 0) {
      context.recordOutcome({ verdicts: turn.verdicts, studyFingerprint })
    }
    const prepared = await preparation.prepare(turn)
    if (prepared.kind === 'unchanged') return prepared
    return { ...prepared, measured: await core.measure(prepared.study, step, signal) }
  }

  const reject = (turn: Turn, error: HippoError) => rejectCandidate(run, preparation, turn, error)
  const found = await tryCandidates(choice, attempt, reject, signal)
  if (found.kind === 'unchanged') {
    // A person's request also retries targets that have failed.
    const isForwarded = dependencies.forwardTargets.length > 0
    return { ...endUnchanged(found.same), followUp: isForwarded && job.trigger === 'request' }
  }
  preparation.release()
  return makeResult(run, found, inferMilliseconds)
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
  const { name, version, sha256 } = tools.segmenter.manifest
  const core = createStudyCore({ ...settings, tools, rules, norms, software })
  const comparisons = createComparisons({
    ...{ archive, history, rules, maximumStudies: settings.maximumEarlierStudies },
    model: { name, version, sha256 },
    softwareVersion: software.version,
    configDigest: core.configDigest,
    requestMeasurement: dependencies.requestMeasurement,
  })

  return async (job: Job, context: RunContext) => {
    const { signal } = context
    const { orthancStudyId } = job
    let inferMilliseconds = 0
    const recordStage = (timing: StageTiming) => {
      if (timing.stage === 'infer') inferMilliseconds += timing.milliseconds
      context.recordStage(timing)
    }
    const step = timeSteps(dependencies.monotonicClock, recordStage, signal, dependencies.tracing)
    const listed = await step('catalogue', () => archive.readCatalogue(orthancStudyId, { signal }))
    const { series, patientId } = listed
    requireSameStudy(job, listed.study.studyInstanceUid)
    const recentJobs = await history.recentJobs(orthancStudyId)
    const studyFingerprint = fingerprintStudy(series)
    const found = { series, patientId, studyFingerprint, recentJobs }
    const run = { dependencies, core, comparisons, job, context, step, ...found }
    return analyze(run, () => inferMilliseconds)
  }
}
