import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import type { MeasuredResult } from '../outcome/outcome.ts'
import { isResultStored } from '../outcome/study-history.ts'
import type { Job } from '../queue/job.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { readEarlierResults } from './plan-result.ts'

/** Facts for comparing the result of a renewed study; all are kept with the result. */
export interface RenewableResult {
  readonly jobId: string
  readonly result: MeasuredResult
  readonly source: SeriesFacts
}

/**
 * The result of a study that may be renewed because an earlier study has arrived; undefined if
 * there is none, a part of it or its images was deleted, or another model, version or configuration
 * made it: those are renewed only on request.
 */
export function findRenewable(
  succeededJobs: readonly Job[],
  series: readonly SeriesFacts[],
  maker: {
    readonly modelSha256: string
    readonly softwareVersion: string
    readonly configDigest: string
  },
): RenewableResult | undefined {
  const current = readEarlierResults(succeededJobs).find(({ superseded }) => !superseded)
  if (current === undefined) return undefined
  const { jobId, result } = current
  const source = series.find(
    ({ seriesInstanceUid }) => seriesInstanceUid === result.measuredSeriesInstanceUid,
  )
  const isSameMaker =
    result.model.sha256 === maker.modelSha256 &&
    result.softwareVersion === maker.softwareVersion &&
    result.configDigest === maker.configDigest
  if (source === undefined || !isSameMaker || !isResultStored(result, series)) return undefined
  return { jobId, result, source }
}

/** Whether another comparison has time points, or volumes of them, that the first one lacks. */
export function saysMore(before: ChangeOverTime | undefined, after: ChangeOverTime): boolean {
  const name = ({
    studyInstanceUid,
    volumes,
    comparable,
    model,
  }: ChangeOverTime['timePoints'][number]) =>
    JSON.stringify([
      ...[studyInstanceUid, comparable, model.version],
      volumes.map(({ side, totalMm3 }) => [side, Math.round(totalMm3 * 10)]),
    ])
  // The volumes of this study itself are unchanged, like its images.
  const known = new Set(before?.timePoints.map(name))
  return after.timePoints.some((point) => point.yearsBefore !== 0 && !known.has(name(point)))
}
