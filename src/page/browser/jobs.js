import { effect, signal, untracked } from '@preact/signals'
import { jobStates, pageSize, place } from './address.js'
import { explain, readJson } from './request.js'
import { token } from './session.js'

/** @import { ErrorView, JobList, JobView } from '../api-types.ts' */
/** @import { Place } from './address.js' */

/**
 * The page of jobs that is shown; undefined until the first one is loaded. @type
 * {import('@preact/signals').Signal<JobList | undefined>}
 */
export const list = signal()

/** Why the list could not be read. @type {import('@preact/signals').Signal<Pick<ErrorView, 'code' | 'message'> | undefined>} */
export const listError = signal()

/**
 * Updates of single jobs, for the detail view. @type {import('@preact/signals').Signal<readonly
 * JobView[]>}
 */
export const news = signal(/** @type {readonly JobView[]} */ ([]))

/** Shortest time between two automatic reloads of the list. */
const restMilliseconds = 2000

/**
 * Whether checks that found nothing new are hidden: our own results trigger them and would fill the
 * list. @param {Place} where
 */
export const isWithoutUnchanged = ({ states, study, alarm, order, batch }) =>
  states.length === 0 && study === '' && batch === '' && !alarm && order === 'newest'

/** Orthanc's identifier, or a UID, recognised by more dots than an accession number has. */
const studyIdentifier = /^([0-9a-f]{8}(-[0-9a-f]{8}){4}|[0-9]+(\.[0-9]+){3,})$/

/**
 * The search text as query parameters of the API.
 * @param {string} text
 * @returns {Record<string, string>}
 */
function searchOf(text) {
  if (text === '') return {}
  if (studyIdentifier.test(text)) return { study: text }
  const date = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(text)?.slice(1).join('')
  if (date && text.includes('-')) return { studyDateFrom: date, studyDateTo: date }
  return { accession: text }
}

/** @param {Place} where */
function listPath(where) {
  const { states, trigger, study, alarm, order, batch, page } = where
  const query = new URLSearchParams({
    limit: String(pageSize),
    offset: String((page - 1) * pageSize),
    ...searchOf(study),
  })
  const shown = isWithoutUnchanged(where)
    ? jobStates.filter((state) => state !== 'unchanged')
    : states
  for (const state of shown) query.append('state', state)
  if (trigger) query.set('trigger', trigger)
  if (alarm) query.set('alarm', 'true')
  if (order === 'percentile') query.set('order', order)
  if (batch) query.set('batch', batch)
  return `/api/v1/jobs?${query}`
}

/** Counts requests, so that a late response never replaces a newer one. */
let reading = 0
let readAt = 0
/** @type {ReturnType<typeof setTimeout> | undefined} */
let planned

/** Loads the list selected by the address. */
export async function readList() {
  clearTimeout(planned)
  planned = undefined
  if (untracked(() => token.value) === '') return
  const mine = ++reading
  readAt = Date.now()
  try {
    const answer = /** @type {JobList} */ (await readJson(listPath(place.peek())))
    if (mine !== reading) return
    list.value = answer
    listError.value = undefined
  } catch (error) {
    if (mine === reading) listError.value = explain(error)
  }
}

/** Reloads the list soon, but at most every two seconds. */
export function planReading() {
  if (planned !== undefined) return
  planned = setTimeout(readList, Math.max(0, readAt + restMilliseconds - Date.now()))
}

/** Updates jobs in the list immediately. @param {readonly JobView[]} changed */
export function mergeJobs(changed) {
  news.value = changed
  const shown = list.value
  if (shown === undefined) return
  const byId = new Map(changed.map((job) => [job.id, job]))
  list.value = { ...shown, jobs: shown.jobs.map((job) => byId.get(job.id) ?? job) }
  planReading()
}

let asked = ''
effect(() => {
  // Opening a job changes the address but not the list.
  const path = token.value === '' ? '' : listPath(place.value)
  if (path === asked) return
  asked = path
  if (path === '') list.value = undefined
  else readList()
})
