import type { Archive } from '../archive/archive.ts'
import { parsePart10 } from '../dicom/part10.ts'
import type { ReplacedResult } from '../outcome/outcome.ts'
import { isResultStored } from '../outcome/study-history.ts'
import type { Job } from '../queue/job.ts'
import { readResultTime } from '../results/read-result-time.ts'
import type { ResultIdentity } from '../results/result-identity.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { identifyResults } from './compose-results.ts'
import { type EarlierResult, planResult, readEarlierResults } from './plan-result.ts'

/** The result to make from a series, if any. */
export type ResultDecision =
  | { readonly kind: 'unchanged'; readonly same: EarlierResult }
  | {
      readonly kind: 'make'
      readonly identity: ResultIdentity
      readonly replaces: ReplacedResult | undefined
      /** Set if a known result vanished from the archive and is only restored. */
      readonly restores: EarlierResult | undefined
    }

/** DICOM times are written in whole seconds, so the time of a result is one. */
function wholeSecond(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000)
}

function describeReplaced({ jobId, result }: EarlierResult): ReplacedResult {
  const { analysedAt, sourceInstanceCount } = result
  const measurements = result.stored.find(({ role }) => role === 'measurements')
  return { jobId, analysedAt, sourceInstanceCount, ...(measurements && { measurements }) }
}

/** What the archive contains of a study, and its jobs, newest first. */
export interface StudyState {
  readonly series: readonly SeriesFacts[]
  readonly succeededJobs: readonly Job[]
  readonly recentJobs: readonly Job[]
}

/**
 * Run numbers of other jobs without a result: one that waits for another attempt continues with its
 * number, and a failed one may have written a part under it.
 */
function findReserved(job: Pick<Job, 'id'>, recentJobs: readonly Job[]): ReadonlySet<number> {
  const others = recentJobs.filter(
    ({ id, state, runNumber }) => id !== job.id && state !== 'succeeded' && runNumber > 0,
  )
  return new Set(others.map(({ runNumber }) => runNumber))
}

/**
 * Determines the identity of a job's result: run number, time, and the result it replaces.
 * Instances with its UIDs in the archive were written by an attempt whose record is lost; the new
 * ones use their time, so that existing and missing instances form one result.
 */
export async function decideResult(
  job: Job,
  identity: Omit<ResultIdentity, 'runNumber' | 'analysedAt'>,
  { series, succeededJobs, recentJobs }: StudyState,
  archive: Archive,
  signal: AbortSignal,
): Promise<ResultDecision> {
  const instances = new Map(
    series.flatMap((one) => one.instances).map((instance) => [instance.sopInstanceUid, instance]),
  )
  const findStored = (runNumber: number) =>
    identifyResults({ ...identity, runNumber })
      .map(({ sopInstanceUid }) => instances.get(sopInstanceUid)?.orthancInstanceId)
      .find((orthancInstanceId) => orthancInstanceId !== undefined)

  const reserved = findReserved(job, recentJobs)
  const plan = planResult(
    job,
    { ...identity, measuredSeriesInstanceUid: identity.sourceSeriesInstanceUid },
    readEarlierResults(succeededJobs),
    (result) => isResultStored(result, series),
    (runNumber) => findStored(runNumber) !== undefined || reserved.has(runNumber),
  )
  if (plan.kind === 'unchanged') return plan

  const { runNumber } = plan
  if (plan.kind === 'restore') {
    const { analysedAt, replaces } = plan.same.result
    return {
      kind: 'make',
      identity: { ...identity, runNumber, analysedAt: new Date(analysedAt) },
      replaces,
      restores: plan.same,
    }
  }
  const stored = findStored(runNumber)
  const bytes = stored && (await archive.readInstance(stored, { signal, stage: 'catalogue' }))
  const analysedAt =
    (bytes && readResultTime(parsePart10(bytes))) ||
    wholeSecond(job.analysisStartedAt ?? job.createdAt)
  return {
    kind: 'make',
    identity: { ...identity, runNumber, analysedAt },
    replaces: plan.predecessor && describeReplaced(plan.predecessor),
    restores: undefined,
  }
}
