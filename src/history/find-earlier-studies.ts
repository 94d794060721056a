import type { Archive } from '../archive/archive.ts'
import type { ListedStudy } from '../archive/list-studies.ts'
import { HippoError } from '../errors.ts'

/** An earlier study as listed by the archive. */
export interface EarlierStudy {
  readonly orthancStudyId: string | undefined
  readonly studyInstanceUid: string
  /** DICOM DA, eight digits. */
  readonly studyDate: string
}

/** The facts of a study needed to find earlier ones. */
export interface StudyMoment {
  readonly studyInstanceUid: string
  readonly patientId: string
  readonly studyDate: string
  readonly studyTime: string | undefined
}

const isDate = (text: string | undefined): text is string => /^\d{8}$/.test(text ?? '')
/** Whole seconds: some archives drop the fraction of a TM. */
const seconds = (time: string | undefined) => time?.trim().slice(0, 6)

/** Whether one study was made before another; false if either has no date. */
export function isEarlier(study: ListedStudy, now: ListedStudy): boolean {
  if (study.studyInstanceUid === now.studyInstanceUid) return false
  if (!isDate(study.studyDate) || !isDate(now.studyDate)) return false
  if (study.studyDate !== now.studyDate) return study.studyDate < now.studyDate
  const [then, current] = [seconds(study.studyTime), seconds(now.studyTime)]
  return then !== undefined && current !== undefined && then < current
}

/**
 * The studies under the same patient ID that came before this one, newest first, at most `limit`;
 * and how many there are in all. Later ones and those without a date are excluded.
 */
export async function findEarlierStudies(
  archive: Archive,
  now: StudyMoment,
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly studies: readonly EarlierStudy[]; readonly total: number }> {
  const found = await archive.findPatientStudies(now.patientId, { signal, stage: 'history' })
  const earlier = found
    .filter((study) => isEarlier(study, now))
    .toSorted((a, b) => {
      const [one, other] = [a, b].map(
        ({ studyDate, studyTime }) => `${studyDate} ${studyTime ?? ''}`,
      )
      return one! < other! ? 1 : -1
    })
  const studies = earlier.slice(0, limit).map((study) => ({
    orthancStudyId: study.orthancStudyId,
    studyInstanceUid: study.studyInstanceUid,
    studyDate: study.studyDate as string,
  }))
  return { studies, total: earlier.length }
}

/**
 * Runs the work for one earlier study. An unreadable earlier study must not prevent the measurement
 * of this one: the error is passed to `explain`. The reason of an aborted run is thrown.
 */
export async function shield<Value>(
  work: () => Promise<Value>,
  explain: (error: HippoError) => Value,
  signal: AbortSignal,
): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof HippoError) return explain(error)
    throw error
  }
}
