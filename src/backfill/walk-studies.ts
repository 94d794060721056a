import type { ListedStudy, StudyListQuery } from '../archive/list-studies.ts'
import { addDays, type StudyQuery } from './study-query.ts'

/**
 * A position in the walk over an archive: a day (DICOM DA; empty for studies without a date), or an
 * index in the list of patients; and the StudyInstanceUID that was handled last there.
 */
export interface WalkPlace {
  readonly at: string
  readonly after?: string
}

/** A study, and the position after it has been handled. */
export interface WalkStep {
  readonly studyInstanceUid: string
  readonly next: WalkPlace
}

export interface WalkPage {
  readonly steps: readonly WalkStep[]
  /** The place after all of them. */
  readonly next: WalkPlace
}

export interface StudyWalk {
  /** The studies after a position, a few hundred at most; undefined at the end. */
  read(place: WalkPlace, signal?: AbortSignal): Promise<WalkPage | undefined>
}

export interface StudyWalkOptions {
  readonly query: StudyQuery
  /** Last day of the walk (DICOM DA), even if the query names a later one. */
  readonly until: string
  readonly list: (query: StudyListQuery, signal?: AbortSignal) => Promise<readonly ListedStudy[]>
  /** Studies of a page; a single day may hold more. */
  readonly pageSize?: number
}

/** No MR images are older; studies with an earlier date are listed with those without a date. */
const firstDay = '19000101'
/** Days of a page, initially and at most. */
const firstSpan = 32
const longestSpan = 2 ** 15

/** The start of the walk of a query. */
export function beginWalk(query: StudyQuery): WalkPlace {
  return { at: query.patientIds ? '0' : (query.from ?? '') }
}

function toPage(
  studies: readonly ListedStudy[],
  dayOf: (study: ListedStudy) => string,
  place: WalkPlace,
  next: WalkPlace,
): WalkPage {
  const steps = studies
    .map((study) => ({ at: dayOf(study), uid: study.studyInstanceUid }))
    .filter(({ at, uid }) => at > place.at || place.after === undefined || uid > place.after)
    .toSorted((a, b) => (`${a.at} ${a.uid}` < `${b.at} ${b.uid}` ? -1 : 1))
    .map(({ at, uid }) => ({ studyInstanceUid: uid, next: { at, after: uid } }))
  return { steps, next }
}

/**
 * Walks over the studies of a query in a fixed order: day by day, within a day by UID, or patient
 * by patient. The walk can continue from a stored position even if studies were added or deleted;
 * pages are date ranges that adapt to the number of studies in them, so that no limit truncates a
 * response.
 */
export function createStudyWalk(options: StudyWalkOptions): StudyWalk {
  const { query, list } = options
  const pageSize = options.pageSize ?? 500
  const until = (query.to ?? '9') < options.until ? query.to! : options.until
  const isDated = query.from !== undefined || query.to !== undefined
  let span = firstSpan

  async function readPatient(place: WalkPlace, signal?: AbortSignal) {
    const index = Number(place.at)
    const patientId = query.patientIds?.[index]
    if (patientId === undefined) return undefined
    const found = await list({ patientId, from: query.from, to: query.to }, signal)
    const studies = found.filter(({ studyDate }) => studyDate !== undefined || !isDated)
    return toPage(studies, () => place.at, place, { at: String(index + 1) })
  }

  async function readUndated(place: WalkPlace, signal?: AbortSignal) {
    const found = await list({ to: addDays(firstDay, -1) }, signal)
    const studies = found.filter(({ studyDate }) => studyDate !== undefined || !isDated)
    return toPage(studies, () => '', place, { at: firstDay })
  }

  async function readDays(place: WalkPlace, signal?: AbortSignal) {
    for (;;) {
      const end = addDays(place.at, span - 1)
      const to = end < until ? end : until
      const isOneDay = to === place.at
      const limit = isOneDay ? undefined : pageSize + 1
      const studies = await list({ from: place.at, to, limit }, signal)
      if (studies.length > pageSize && !isOneDay) {
        span = Math.max(1, Math.floor(span / 2))
        continue
      }
      span = Math.min(longestSpan, span * 2)
      const dayOf = ({ studyDate }: ListedStudy) =>
        studyDate !== undefined && studyDate > place.at && studyDate <= to ? studyDate : place.at
      return toPage(studies, dayOf, place, { at: addDays(to, 1) })
    }
  }

  return {
    async read(place, signal) {
      if (query.patientIds) return readPatient(place, signal)
      if (place.at === '') return readUndated(place, signal)
      return place.at > until ? undefined : readDays(place, signal)
    },
  }
}
