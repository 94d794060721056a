import { addressOf, follow, go, isFiltered, pageSize, place } from './address.js'
import { html } from './html.js'
import { list, listError } from './jobs.js'
import { connection } from './live.js'
import { AlarmTag, FactsLine } from './result-facts.js'
import { shortenUid } from './show-study.js'
import { BriefTime, Elapsed, writeDuration } from './show-time.js'
import { StateBadge } from './state-badge.js'
import { triggerNames } from './trigger-names.js'
import { Trouble } from './trouble.js'

/** @import { JobView } from '../api-types.ts' */

/** @param {JobView} job */
function describe(job) {
  if (job.error) return job.error.message
  if (job.cancelRequested && job.state === 'running') return 'Stopping.'
  if (job.superseded) return 'A newer result has replaced this one.'
  if (job.state === 'unchanged') return 'Nothing new since the earlier result.'
  return ''
}

/** @param {{ job: JobView }} props */
function Took({ job }) {
  const { analysisStartedAt: start, finishedAt: end } = job
  if (start === undefined) return null
  if (end !== undefined) return writeDuration(Date.parse(end) - Date.parse(start))
  return job.state === 'running' ? html`<${Elapsed} since=${start} />` : null
}

/** @param {{ job: JobView }} props */
function JobRow({ job }) {
  const isOpen = place.value.job === job.id
  const open = (/** @type {MouseEvent} */ event) => {
    const isLink = /** @type {Element} */ (event.target).closest('a') !== null
    // Selecting text means copying it, not opening the job.
    if (!isLink && getSelection()?.isCollapsed !== false) go({ job: job.id })
  }
  const sentence = describe(job)
  return html`
    <tr class=${isOpen ? 'open' : ''} onClick=${open}>
      <td class="state"><${StateBadge} state=${job.state} /></td>
      <td class="study">
        <div class="line">
          <span>
            <a
              href=${addressOf({ job: job.id })}
              onClick=${follow}
              aria-current=${isOpen ? 'true' : undefined}
              title=${job.studyInstanceUid}
              id=${`job-${job.id}`}
            >${shortenUid(job.studyInstanceUid)}</a>
            ${job.force && html`${' '}<span class="tag">forced</span>`}
            ${job.answer && html`${' '}<span class=${`tag ${job.answer.answer}`}>${job.answer.answer} by a reader</span>`}
            <${AlarmTag} id=${job.id} />
          </span>
          ${sentence && html`<span class="sentence">${sentence}</span>`}
        </div>
        ${job.links.results && html`<${FactsLine} id=${job.id} />`}
      </td>
      <td class="extra">${triggerNames[job.trigger] ?? job.trigger}</td>
      <td class="when"><${BriefTime} at=${job.createdAt} /></td>
      <td class="extra number"><${Took} job=${job} /></td>
    </tr>
  `
}

/** @param {{ total: number, count: number }} props */
function Paging({ total, count }) {
  const { page } = place.value
  const first = (page - 1) * pageSize + 1
  const last = first + count - 1
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const text =
    count === 0
      ? `0 of ${total.toLocaleString()}`
      : `${first.toLocaleString()} to ${last.toLocaleString()} of ${total.toLocaleString()}`
  return html`
    <nav class="paging" aria-label="Pages of jobs">
      <button type="button" disabled=${page <= 1} onClick=${() => go({ page: Math.min(page - 1, pages) })}>
        Newer
      </button>
      <span>${text}</span>
      <button type="button" disabled=${page >= pages} onClick=${() => go({ page: page + 1 })}>
        Older
      </button>
    </nav>
  `
}

function Nothing() {
  const { page } = place.value
  if (page > 1) return html`<p class="nothing">There are no more jobs on this page.</p>`
  return isFiltered(place.value)
    ? html`<p class="nothing">No jobs match.</p>`
    : html`
        <div class="nothing">
          <p><b>No jobs yet.</b></p>
          <p>
            A job appears here as soon as the archive reports a complete study or the service finds one.
          </p>
        </div>
      `
}

/** The jobs selected by the address, kept up to date. */
export function JobList() {
  const shown = list.value
  return html`
    <section class="list" aria-labelledby="jobs">
      <h2 id="jobs">Jobs</h2>
      ${
        // A lost connection is reported once, at the top of the page.
        listError.value &&
        !(listError.value.code === 'NOT_REACHED' && connection.value === 'lost') &&
        html`<${Trouble} error=${listError.value} />`
      }
      ${shown === undefined && !listError.value && html`<p class="nothing">Loading the list…</p>`}
      ${
        shown &&
        (shown.jobs.length === 0
          ? html`<${Nothing} />`
          : html`
              <table class="jobs">
                <thead>
                  <tr>
                    <th scope="col">State</th>
                    <th scope="col">Study</th>
                    <th scope="col" class="extra">Trigger</th>
                    <th scope="col" class="when">Created</th>
                    <th scope="col" class="extra number">Took</th>
                  </tr>
                </thead>
                <tbody>
                  ${shown.jobs.map((job) => html`<${JobRow} key=${job.id} job=${job} />`)}
                </tbody>
              </table>
            `)
      }
      ${shown && shown.total > 0 && html`<${Paging} total=${shown.total} count=${shown.jobs.length} />`}
    </section>
  `
}
