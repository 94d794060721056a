import { HippoError, type Stage } from '../errors.ts'
import { changesAnswer, parseAnswer } from './answers.ts'
import type { ArchiveHttp, CallOptions } from './archive-http.ts'
import { requestJson } from './read-answer.ts'

/** One entry of Orthanc's log of changes. */
export interface ArchiveChange {
  readonly seq: number
  /** Orthanc's ChangeType, such as NewInstance, NewSeries, StableStudy. */
  readonly type: string
  readonly resourceType: string
  readonly orthancId: string
  /** Epoch milliseconds, to the second. */
  readonly date: number
}

export interface ChangesPage {
  readonly changes: readonly ArchiveChange[]
  /** Where the next request starts. */
  readonly last: number
  /** True when nothing comes after `last` for now. */
  readonly done: boolean
}

/** Orthanc writes UTC as YYYYMMDDTHHMMSS. */
function parseOrthancDate(text: string, stage: Stage): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(text)
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1).map(Number)
  if (match === null) {
    throw new HippoError(
      'ARCHIVE_ANSWER_INVALID',
      'The archive returned a date in an unknown format.',
      {
        stage,
      },
    )
  }
  return Date.UTC(year!, month! - 1, day, hour, minute, second)
}

async function requestChanges(
  http: ArchiveHttp,
  query: string,
  { signal, stage = 'catalogue' }: CallOptions,
): Promise<ChangesPage> {
  const answer = await requestJson(http, { path: `/changes?${query}`, stage, signal })
  const { Changes, Done, Last } = parseAnswer(changesAnswer, answer, stage)
  const changes = Changes.map((change) => ({
    seq: change.Seq,
    type: change.ChangeType,
    resourceType: change.ResourceType,
    orthancId: change.ID,
    date: parseOrthancDate(change.Date, stage),
  }))
  return { changes, last: Last, done: Done }
}

/**
 * The changes after number `since`, oldest first, at most `limit`. Deleted resources leave gaps. If
 * the archive's numbers are below `since`, its index was rebuilt (or it is another archive), and
 * the changes are returned from the first one.
 */
export async function readChanges(
  http: ArchiveHttp,
  since: number,
  limit: number,
  options: CallOptions = {},
): Promise<ChangesPage> {
  const page = await requestChanges(http, `since=${since}&limit=${limit}`, options)
  const last = page.changes.at(-1)?.seq
  // A log that does not advance would be read forever.
  if (last !== undefined && last <= since) {
    const message = 'The archive returns the same changes repeatedly.'
    throw new HippoError('ARCHIVE_ANSWER_INVALID', message, { stage: options.stage ?? 'catalogue' })
  }
  if (last !== undefined) return { ...page, last }
  // On an empty page Orthanc's Last is the highest number it ever gave out. Its newest change is asked
  // for as well, because a reader sent back to the start in error would read the whole log each time.
  if (page.last < since) {
    const newest = (await requestChanges(http, 'last', options)).changes.at(-1)
    if ((newest?.seq ?? 0) < since) return readChanges(http, 0, limit, options)
  }
  return { changes: [], last: since, done: true }
}

/**
 * The number from which readChanges gives every change made at or after a time (epoch milliseconds):
 * a binary search over the log, about twenty small requests for a million changes.
 */
export async function findChangeBefore(
  http: ArchiveHttp,
  time: number,
  options: CallOptions = {},
): Promise<number> {
  const newest = (await requestChanges(http, 'last', options)).changes.at(-1)
  const second = Math.floor(time / 1000) * 1000 // Orthanc's dates are cut to the second
  let [low, high] = [0, newest?.seq ?? 0]
  // Everything up to `low` is older; what follows `high` is not, or does not exist.
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [next] = (await readChanges(http, middle, 1, options)).changes
    if (next === undefined || next.date >= second) high = middle
    else low = next.seq
  }
  return low
}
