import { signal } from '@preact/signals'

/** @import { JobState, JobTrigger } from '../api-types.ts' */

export const pageSize = 25

/**
 * A list that the service writes into the page's head, so that it is defined in one place.
 * @param {string} name
 */
function readList(name) {
  const meta = document.querySelector(`meta[name="${name}"]`)
  return meta?.getAttribute('content')?.split(' ') ?? []
}

/** In the order of a job's life. */
export const jobStates = /** @type {readonly JobState[]} */ (readList('job-states'))

export const triggers = /** @type {readonly JobTrigger[]} */ (readList('job-triggers'))

/**
 * What is shown, all of it kept in the page's address so that it can be bookmarked and shared.
 * @typedef {object} Place
 * @property {'jobs' | 'backfills' | 'models'} view
 * @property {readonly JobState[]} states none: all
 * @property {JobTrigger | ''} trigger empty: all
 * @property {string} study a UID, an identifier of Orthanc, an accession number or a date
 * @property {boolean} alarm only results under the alarm percentile
 * @property {'newest' | 'percentile'} order
 * @property {string} batch identifier of a backfill
 * @property {number} page from 1
 * @property {string} job the job that is open
 */

/**
 * @param {string} search
 * @returns {Place}
 */
export function readPlace(search) {
  const values = new URLSearchParams(search)
  const view = values.get('view')
  const trigger = values.get('trigger') ?? ''
  const given = values.getAll('state')
  return {
    view: view === 'backfills' || view === 'models' ? view : 'jobs',
    states: jobStates.filter((state) => given.includes(state)),
    trigger: triggers.find((name) => name === trigger) ?? '',
    study: values.get('study') ?? '',
    alarm: values.get('alarm') === 'true',
    order: values.get('order') === 'percentile' ? 'percentile' : 'newest',
    batch: values.get('batch') ?? '',
    page: Math.max(1, Math.trunc(Number(values.get('page'))) || 1),
    job: values.get('job') ?? '',
  }
}

/**
 * Whether a place filters or reorders the jobs.
 * @param {Place} place
 */
export const isFiltered = ({ states, trigger, study, alarm, order, batch }) =>
  states.length > 0 || trigger !== '' || study !== '' || alarm || order !== 'newest' || batch !== ''

/**
 * @param {Place} place
 * @returns {string} the address of a place
 */
export function writePlace({ view, states, trigger, study, alarm, order, batch, page, job }) {
  const values = new URLSearchParams()
  if (view !== 'jobs') values.set('view', view)
  for (const state of states) values.append('state', state)
  if (trigger) values.set('trigger', trigger)
  if (study) values.set('study', study)
  if (alarm) values.set('alarm', 'true')
  if (order === 'percentile') values.set('order', order)
  if (batch) values.set('batch', batch)
  if (page > 1) values.set('page', String(page))
  if (job) values.set('job', job)
  const search = values.toString()
  return search === '' ? '/' : `/?${search}`
}

export const place = signal(readPlace(location.search))

addEventListener('popstate', () => {
  place.value = readPlace(location.search)
})

/**
 * The current address with these changes.
 * @param {Partial<Place>} changes
 */
export const addressOf = (changes) => writePlace({ ...place.value, ...changes })

/** @param {Partial<Place>} changes */
export function go(changes) {
  const address = addressOf(changes)
  if (address === `${location.pathname}${location.search}`) return
  history.pushState(null, '', address)
  place.value = readPlace(location.search)
}

/**
 * Follows a link within the page without a reload, unless the reader wants a new tab.
 * @param {MouseEvent} event
 */
export function follow(event) {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = /** @type {HTMLAnchorElement} */ (event.currentTarget)
  event.preventDefault()
  history.pushState(null, '', link.href)
  place.value = readPlace(location.search)
}
