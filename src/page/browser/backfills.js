import { signal } from '@preact/signals'
import { useRef, useState } from 'preact/hooks'
import { addressOf, follow } from './address.js'
import { BackfillForm } from './backfill-form.js'
import { ask } from './confirm-dialog.js'
import { html } from './html.js'
import { sayDone, sayError } from './notice.js'
import { explain, post, RequestError, readJson } from './request.js'
import { mayOperate } from './session.js'
import { Time, writeDuration } from './show-time.js'
import { StateBadge } from './state-badge.js'
import { Trouble } from './trouble.js'

/** @import { Backfill, ErrorView } from '../api-types.ts' */

/**
 * Undefined if the reader may not see them. @type {import('@preact/signals').Signal<readonly
 * Backfill[] | undefined>}
 */
export const backfills = signal()

/** @type {import('@preact/signals').Signal<Pick<ErrorView, 'code' | 'message'> | undefined>} */
const backfillsError = signal()

/** Reads the backfills and their progress. */
export async function readBackfills() {
  try {
    const answer = /** @type {{ backfills: Backfill[] }} */ (await readJson('/api/v1/backfills'))
    backfills.value = answer.backfills
    backfillsError.value = undefined
  } catch (error) {
    const isForbidden = error instanceof RequestError && error.status === 403
    if (isForbidden) backfills.value = undefined
    else backfillsError.value = explain(error)
  }
}

/** @param {string} date YYYYMMDD or YYYY-MM-DD */
function writeDate(date) {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(date) ?? []
  if (year === undefined) return date
  const utc = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const parts = /** @type {const} */ ({ year: 'numeric', month: '2-digit', day: '2-digit' })
  return new Intl.DateTimeFormat(undefined, { ...parts, timeZone: 'UTC' }).format(utc)
}

/**
 * What a backfill looks for, in words: the number of patients, never their identifiers. @param
 * {Backfill['query']} query
 */
function describeQuery({ from, to, descriptions = [], patientCount = 0 }) {
  const span =
    from && to
      ? `Studies from ${writeDate(from)} to ${writeDate(to)}`
      : from
        ? `Studies since ${writeDate(from)}`
        : to
          ? `Studies until ${writeDate(to)}`
          : 'All studies'
  const named = descriptions.length > 0 ? `, described as ${descriptions.join(' or ')}` : ''
  const of = patientCount === 1 ? ', of 1 patient' : `, of ${patientCount} patients`
  return `${span}${named}${patientCount > 0 ? of : ''}`
}

/**
 * @param {Backfill} backfill
 * @param {'pause' | 'resume' | 'cancel'} verb
 */
async function change({ id }, verb) {
  await post(`/api/v1/backfills/${encodeURIComponent(id)}/${verb}`)
  await readBackfills()
  const done = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' }
  sayDone(`The backfill is ${done[verb]}.`)
}

/** @param {{ backfill: Backfill }} props */
function Actions({ backfill }) {
  const [isBusy, setBusy] = useState(false)
  const { state } = backfill
  if (!mayOperate.value || (state !== 'running' && state !== 'paused')) return null
  const act = async (/** @type {'pause' | 'resume' | 'cancel'} */ verb) => {
    setBusy(true)
    await change(backfill, verb).catch(sayError)
    setBusy(false)
  }
  const askToCancel = () =>
    ask({
      title: 'Cancel this backfill?',
      text: 'No more studies will be added. Results are kept. The backfill cannot be resumed.',
      yes: 'Cancel backfill',
      act: () => act('cancel'),
    })
  const next = state === 'running' ? 'pause' : 'resume'
  return html`
    <button type="button" disabled=${isBusy} onClick=${() => act(next)}>
      ${next === 'pause' ? 'Pause' : 'Resume'}
    </button>
    <button type="button" disabled=${isBusy} onClick=${askToCancel}>Cancel</button>
  `
}

/** @param {{ backfill: Backfill }} props */
function BackfillCard({ backfill }) {
  const { id, total, found, ended, counts, state, secondsLeft, ratePerMinute, error } = backfill
  const { passedOver = 0 } = backfill
  const all = total ?? found
  const words = /** @type {const} */ ([
    'succeeded',
    'unchanged',
    'rejected',
    'failed',
    'queued',
    'running',
  ])
  const label = `progress-${id}`
  const jobs = {
    view: /** @type {const} */ ('jobs'),
    batch: id,
    states: [],
    trigger: /** @type {const} */ (''),
    study: '',
  }
  return html`
    <li class="card backfill">
      <h3 id=${`query-${id}`}><${StateBadge} state=${state} /> ${describeQuery(backfill.query)}</h3>
      <p class="note">
        Created by ${backfill.createdBy}, <${Time} at=${backfill.createdAt} long />.
        At most ${ratePerMinute.toLocaleString()} studies per minute.
      </p>
      <label id=${label} for=${`bar-${id}`}>
        ${ended.toLocaleString()} of ${all.toLocaleString()} studies done
        ${total === undefined && state === 'running' && ', still searching'}
        ${secondsLeft !== undefined && state === 'running' && `, about ${writeDuration(secondsLeft * 1000)} left`}
      </label>
      <progress id=${`bar-${id}`} max=${Math.max(all, 1)} value=${ended}></progress>
      <ul class="facts">
        ${words
          .filter((word) => counts[word] > 0)
          .map(
            (word) => html`<li key=${word}><b>${counts[word].toLocaleString()}</b> ${word}</li>`,
          )}
        ${passedOver > 0 && html`<li><b>${passedOver.toLocaleString()}</b> already up to date</li>`}
      </ul>
      ${error && html`<${Trouble} error=${error} />`}
      <div class="actions" role="group" aria-labelledby=${`query-${id}`}>
        <${Actions} backfill=${backfill} />
        <a href=${addressOf({ ...jobs, page: 1, job: '' })} onClick=${follow}>Jobs of this backfill</a>
      </div>
    </li>
  `
}

/** The list of backfills. */
export function BackfillList() {
  const form = useRef(/** @type {HTMLDialogElement | null} */ (null))
  const shown = backfills.value ?? []
  return html`
    <section aria-labelledby="backfills">
      <h2 id="backfills">Backfills</h2>
      <p class="note">
        A backfill measures studies that are already in the archive. New studies have priority.
      </p>
      ${backfillsError.value && html`<${Trouble} error=${backfillsError.value} />`}
      ${
        mayOperate.value &&
        html`<p class="actions">
          <button type="button" class="primary" onClick=${() => form.current?.showModal()}>
            New backfill
          </button>
        </p>`
      }
      ${shown.length === 0 && html`<p class="nothing">There are no backfills.</p>`}
      <ul class="cards">
        ${shown.map((backfill) => html`<${BackfillCard} key=${backfill.id} backfill=${backfill} />`)}
      </ul>
      <${BackfillForm} dialog=${form} onMade=${readBackfills} />
    </section>
  `
}
