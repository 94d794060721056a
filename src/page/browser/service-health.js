import { effect, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { html } from './html.js'
import { connection, lostAt, lostReason, queue, trouble, tryNow } from './live.js'
import { poll } from './poll.js'
import { Elapsed, Time } from './show-time.js'
import { StateIcon } from './state-badge.js'
import { Trouble } from './trouble.js'

/** @import { HealthCheck } from '../api-types.ts' */

/** @type {import('@preact/signals').Signal<readonly HealthCheck[] | undefined>} */
const checks = signal()

/** Needs no token; the response has the same form for ready and not ready. */
async function readHealth() {
  try {
    const answer = await fetch('/health/ready', { cache: 'no-store' })
    checks.value = (await answer.json()).checks
  } catch {
    // An unreachable service is reported elsewhere.
    checks.value = undefined
  }
}

effect(() => {
  // Earlier checks say nothing about a service that no longer responds.
  if (connection.value === 'lost') checks.value = undefined
  else if (connection.value === 'live') readHealth()
})

const names = /** @type {Record<string, string>} */ ({
  archive: 'Archive',
  model: 'Model',
  queue: 'Queue',
  disk: 'Disk',
  audit: 'Audit trail',
})

/** @param {{ check: HealthCheck }} props */
function Check({ check }) {
  const name = names[check.name] ?? check.name
  return html`
    <li class=${check.ok ? 'good' : 'bad'}>
      <${StateIcon} state=${check.ok ? 'succeeded' : 'failed'} />
      <span><b>${name}</b> ${check.ok ? 'ready' : 'not ready'}</span>
      ${check.version && html`<small>${check.version}</small>`}
    </li>
  `
}

function Queue() {
  if (queue.value === undefined) return null
  const { counts, oldestQueuedAt } = queue.value
  return html`
    <li>
      <span>
        <b>${counts.queued.toLocaleString()}</b> waiting${
          oldestQueuedAt && html`, the oldest for <b><${Elapsed} since=${oldestQueuedAt} /></b>`
        }
      </span>
    </li>
    <li><span><b>${counts.running.toLocaleString()}</b> running</span></li>
  `
}

/** The health of the service and the length of the queue. */
export function ServiceHealth() {
  useEffect(() => poll(readHealth, 15), [])
  const failed = (checks.value ?? []).filter(({ ok }) => !ok)
  const since = new Date(lostAt.value).toISOString()
  return html`
    <section class="health" aria-labelledby="health">
      <h2 id="health" class="hidden">Service</h2>
      <ul class="facts">
        <${Queue} />
        ${checks.value?.map((check) => html`<${Check} key=${check.name} check=${check} />`)}
      </ul>
      <div role="status">
        ${
          connection.value === 'lost' &&
          html`<div class="trouble lost">
            <p>
              <b>Connection lost</b> at <${Time} at=${since} />.${' '}
              ${lostReason.value?.message ?? 'The service does not respond.'}${' '}
              ${lostReason.value && html`<code>${lostReason.value.code}</code>${' '}`}
              What you see may be out of date. This page keeps trying.
            </p>
            <button type="button" onClick=${tryNow}>Try now</button>
          </div>`
        }
        ${trouble.value && html`<${Trouble} error=${trouble.value} />`}
        ${failed.map(({ name, error }) => error && html`<${Trouble} key=${name} error=${error} />`)}
      </div>
    </section>
  `
}
