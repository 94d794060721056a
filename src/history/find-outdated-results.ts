import type { Archive } from '../archive/archive.ts'
import type { ListedStudy } from '../archive/list-studies.ts'
import { HippoError } from '../errors.ts'
import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import { type MeasuredResult, outcomeOf } from '../outcome/outcome.ts'
import type { StudyHistory } from '../outcome/study-history.ts'
import { readIdentity } from '../selection/patient-identity.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'
import type { StudyToMeasure } from './comparison.ts'
import { isEarlier } from './find-earlier-studies.ts'

/**
 * An earlier study with one of these reasons will not reach a page, however often it is checked.
 */
const finalReasons = ['IDENTITY_CONTRADICTED', 'IDENTITY_UNCERTAIN', 'SAME_EXAM']

/** A study with a current result. */
export interface KnownStudy {
  readonly studyInstanceUid: string
  readonly series: readonly SeriesFacts[]
  readonly result: Pick<MeasuredResult, 'volumes' | 'model' | 'softwareVersion'>
}

/** Whether a comparison contains the study with its current volumes, mm3. */
function tells(change: ChangeOverTime | undefined, { studyInstanceUid, result }: KnownStudy) {
  const isThis = (one: { readonly studyInstanceUid: string }) =>
    one.studyInstanceUid === studyInstanceUid
  const unused = change?.unused.find(isThis)
  if (unused && finalReasons.includes(unused.reason)) return true
  const point = change?.timePoints.find(isThis)
  if (point?.model.version !== result.model.version) return false
  if (point.model.name !== result.model.name) return false
  if (point.softwareVersion !== result.softwareVersion) return false
  return result.volumes.every(({ side, totalMm3 }) =>
    point.volumes.some((one) => one.side === side && Math.abs(one.totalMm3 - totalMm3) < 0.01),
  )
}

/** The later studies of the same patient ID, the nearest first. */
async function findLaterStudies(
  archive: Archive,
  { studyInstanceUid, series }: KnownStudy,
  signal: AbortSignal,
): Promise<readonly ListedStudy[]> {
  const { identity } = readIdentity(series)
  const { studyDate, studyTime } = series.find(({ isOwnResult }) => !isOwnResult) ?? {}
  if (identity === undefined) return []
  const all = await archive.findPatientStudies(identity.patientId, { signal, stage: 'history' })
  const now = { studyInstanceUid, studyDate, studyTime }
  return all
    .filter((other) => isEarlier(now, other))
    .toSorted((one, other) => (one.studyDate! < other.studyDate! ? -1 : 1))
}

/**
 * Later studies of the patient whose current result does not mention this one yet, because it
 * arrived or was measured after them: at most `maximumStudies`, the nearest. Studies being measured
 * now are included: they may have checked before. Empty after a permanent archive error; throws
 * retryable ones.
 */
export async function findOutdatedResults(
  study: KnownStudy,
  {
    archive,
    history,
    maximumStudies,
    signal,
  }: {
    readonly archive: Archive
    readonly history: Pick<StudyHistory, 'recentJobs'>
    readonly maximumStudies: number
    readonly signal: AbortSignal
  },
): Promise<readonly StudyToMeasure[]> {
  const outdated: StudyToMeasure[] = []
  try {
    const later = await findLaterStudies(archive, study, signal)
    for (const { studyInstanceUid, orthancStudyId: listed } of later.slice(0, maximumStudies)) {
      const orthancStudyId =
        listed ??
        (await archive.findStudy(studyInstanceUid, { signal, stage: 'history' })).orthancStudyId
      const jobs = await history.recentJobs(orthancStudyId)
      const current = jobs.find(
        (job) => job.state === 'succeeded' && job.supersededByJobId === undefined,
      )
      const result = current && outcomeOf(current)?.result
      const isUnderway = jobs.some(({ state }) => state === 'running')
      if (isUnderway || (result !== undefined && !tells(result.history, study))) {
        outdated.push({ orthancStudyId, studyInstanceUid })
      }
    }
  } catch (error) {
    if (!(error instanceof HippoError) || error.retryable || signal.aborted) throw error
  }
  return outdated
}
