import { type AnalysisOutcome, type MeasuredResult, outcomeOf } from '../outcome/outcome.ts'
import { isAskedFor, type Job } from '../queue/job.ts'

/** A succeeded job with its outcome read as ours. */
export interface EarlierResult {
  readonly jobId: string
  readonly superseded: boolean
  readonly outcome: AnalysisOutcome
  readonly result: MeasuredResult
}

/** Inputs of the result to make; the plan decides `runNumber`. */
export interface ResultBasis {
  readonly measuredSeriesInstanceUid: string
  readonly contentDigest: string
  readonly modelSha256: string
  readonly softwareVersion: string
  readonly configDigest: string
}

export type ResultPlan =
  /** The same result exists and is stored: nothing to do. */
  | { readonly kind: 'unchanged'; readonly same: EarlierResult }
  /** The same result is known but vanished from the archive: write it again, same UIDs and bytes. */
  | { readonly kind: 'restore'; readonly same: EarlierResult; readonly runNumber: number }
  /** A new result; it replaces the predecessor if there is one. */
  | {
      readonly kind: 'make'
      readonly predecessor: EarlierResult | undefined
      readonly runNumber: number
    }

/** Reads the succeeded jobs of a study as results, keeping their order (newest first). */
export function readEarlierResults(jobs: readonly Job[]): EarlierResult[] {
  return jobs.flatMap((job) => {
    const outcome = outcomeOf(job)
    if (job.state !== 'succeeded' || outcome?.result === undefined) return []
    const superseded = job.supersededByJobId !== undefined
    return [{ jobId: job.id, superseded, outcome, result: outcome.result }]
  })
}

function hasSameContent({ result }: EarlierResult, basis: ResultBasis): boolean {
  return (
    result.measuredSeriesInstanceUid === basis.measuredSeriesInstanceUid &&
    result.contentDigest === basis.contentDigest
  )
}

function hasSameMaker({ result }: EarlierResult, basis: ResultBasis): boolean {
  return (
    result.model.sha256 === basis.modelSha256 &&
    result.softwareVersion === basis.softwareVersion &&
    result.configDigest === basis.configDigest
  )
}

/**
 * Decides whether to make a result. Events never remake a result of the same images, even with a
 * newer model or after the result was deleted; a person's request does, and a forced one always
 * does.
 *
 * `earlier` are the study's results, newest first; `isStored` tells whether a result's instances
 * are in the archive; `isTaken` whether a run number's UIDs are (a result whose job record was
 * lost).
 */
export function planResult(
  job: Pick<Job, 'id' | 'force' | 'trigger' | 'runNumber'>,
  basis: ResultBasis,
  earlier: readonly EarlierResult[],
  isStored: (result: MeasuredResult) => boolean,
  isTaken: (runNumber: number) => boolean,
): ResultPlan {
  const current = earlier.find(({ superseded }) => !superseded)
  const identical = earlier.filter((one) => hasSameContent(one, basis) && hasSameMaker(one, basis))

  if (!job.force && current !== undefined && hasSameContent(current, basis)) {
    const isSame = hasSameMaker(current, basis)
    if (!isAskedFor(job) || (isSame && isStored(current.result))) {
      return { kind: 'unchanged', same: current }
    }
    if (isSame) return { kind: 'restore', same: current, runNumber: current.result.runNumber }
  }
  if (job.runNumber > 0) return { kind: 'make', predecessor: current, runNumber: job.runNumber }
  if (!job.force && identical.length === 0) {
    return { kind: 'make', predecessor: current, runNumber: 0 }
  }
  let runNumber = Math.max(0, ...identical.map(({ result }) => result.runNumber)) + 1
  while (isTaken(runNumber)) runNumber += 1
  return { kind: 'make', predecessor: current, runNumber }
}
