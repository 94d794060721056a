import type { Archive } from '../archive/archive.ts'
import { compareWithEarlier } from '../history/compare-with-earlier.ts'
import type { EarlierComparison, MeasuredStudy, StudyToMeasure } from '../history/comparison.ts'
import { findOutdatedResults } from '../history/find-outdated-results.ts'
import type { MeasuredSeries } from '../measuring/measure-series.ts'
import type { MeasuredResult } from '../outcome/outcome.ts'
import type { StudyHistory } from '../outcome/study-history.ts'
import { isRenewal, type Job } from '../queue/job.ts'
import type { SelectionRules } from '../selection/series-choice.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import { findRenewable, saysMore } from './renew-result.ts'
import type { ChosenStudy } from './study-core.ts'

export interface ComparisonOptions {
  readonly archive: Archive
  readonly history: StudyHistory
  readonly rules: SelectionRules
  /** Maximum number of earlier studies to check; 0 compares with none and renews none. */
  readonly maximumStudies: number
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string }
  readonly softwareVersion: string
  readonly configDigest: string
  /** Queues another study of the patient, to be measured or renewed when nothing else is waiting. */
  readonly requestMeasurement: (study: StudyToMeasure) => Promise<void>
}

/** Effects between a study and the patient's other studies. */
export function createComparisons(options: ComparisonOptions) {
  const { maximumStudies, model, softwareVersion, configDigest } = options

  const look = (study: MeasuredStudy, mayMeasure: boolean, signal: AbortSignal) =>
    compareWithEarlier(study, { ...options, mayMeasure, signal })

  return {
    /** The comparison with earlier studies; undefined if nothing is compared. */
    async compare(
      job: Job,
      { series, turn }: ChosenStudy,
      measured: MeasuredSeries,
      signal: AbortSignal,
    ): Promise<EarlierComparison | undefined> {
      const { facts: chosen, kind } = turn.candidate
      const { volumes } = measured
      const study = {
        ...{ series, chosen, kind, volumes, model, softwareVersion },
        studyInstanceUid: job.studyInstanceUid,
        intracranialVolumeMm3: measured.intracranialVolume?.mm3,
      }
      // A backfill measures older studies itself, at its own rate.
      const mayMeasure = job.trigger !== 'history' && job.trigger !== 'backfill'
      return look(study, mayMeasure, signal)
    },

    /** Whether a renewal is needed: an earlier study has become known since the result was made. */
    async isOutdated(
      job: Job,
      series: readonly SeriesFacts[],
      succeededJobs: readonly Job[],
      signal: AbortSignal,
    ): Promise<boolean> {
      const maker = { modelSha256: model.sha256, softwareVersion, configDigest }
      const renewable = findRenewable(succeededJobs, series, maker)
      if (maximumStudies === 0 || renewable === undefined) return false
      const { result, source } = renewable
      const { kind, volumes } = result
      const study = {
        ...{ series, chosen: source, kind, volumes, model, softwareVersion },
        studyInstanceUid: job.studyInstanceUid,
        intracranialVolumeMm3: result.intracranialVolume?.mm3,
      }
      return saysMore(result.history, (await look(study, false, signal)).change)
    },

    /**
     * Queues the renewal of later studies of the patient whose pages do not mention this result.
     */
    async renewLater(
      job: Job,
      series: readonly SeriesFacts[],
      result: MeasuredResult,
      signal: AbortSignal,
    ): Promise<void> {
      // A backfill renews nothing: it would renew a patient's last study once per earlier one.
      if (maximumStudies === 0 || isRenewal(job) || job.trigger === 'backfill') return
      const study = { studyInstanceUid: job.studyInstanceUid, series, result }
      const outdated = await findOutdatedResults(study, { ...options, signal })
      for (const one of outdated) await options.requestMeasurement({ ...one, isRenewal: true })
    },
  }
}
