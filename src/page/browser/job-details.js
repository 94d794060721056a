import { useEffect, useRef, useState } from 'preact/hooks'
import { addressOf, follow, go } from './address.js'
import { Answer } from './answer.js'
import { html } from './html.js'
import { JobActions } from './job-actions.js'
import { news } from './jobs.js'
import { connection } from './live.js'
import { Measurements } from './measurements.js'
import { ReportPreview } from './report-preview.js'
import { explain, RequestError, readJson } from './request.js'
import { SeriesVerdicts } from './series-verdicts.js'
import { Elapsed, Time, writeDuration } from './show-time.js'
import { stageNames } from './stage-names.js'
import { StageTimes } from './stage-times.js'
import { StateBadge } from './state-badge.js'
import { triggerNames } from './trigger-names.js'
import { Trouble } from './trouble.js'

/** @import { ErrorView, JobView, Outcome } from '../api-types.ts' */

/**
 * What the job found; for a rejected one, what it found before the rejection.
 * @param {JobView} job
 * @returns {Promise<Outcome | undefined>}
 */
async function readOutcome({ id, state }) {
  if (state === 'queued' || state === 'running') return undefined
  try {
    return (await readJson(`/api/v1/jobs/${id}/results`)).outcome
  } catch (error) {
    if (error instanceof RequestError && error.status === 409) {
      return /** @type {Outcome | undefined} */ (error.members.outcome)
    }
    throw error
  }
}

/** @param {{ path: string | undefined, children: unknown }} props */
function JobLink({ path, children }) {
  if (path === undefined) return null
  const job = path.slice(path.lastIndexOf('/') + 1)
  return html`<a href=${addressOf({ job })} onClick=${follow}>${children}</a>`
}

/** @param {{ job: JobView }} props */
function Times({ job }) {
  const { createdAt, analysisStartedAt: start, finishedAt: end, nextAttemptAt } = job
  const created = Date.parse(createdAt)
  return html`
    <dl class="times">
      <div><dt>Created</dt><dd><${Time} at=${createdAt} /></dd></div>
      ${
        start
          ? html`<div>
              <dt>Waited</dt>
              <dd>${writeDuration(Date.parse(start) - created)}</dd>
            </div>`
          : job.state === 'queued' &&
            html`<div><dt>Waiting for</dt><dd><${Elapsed} since=${createdAt} /></dd></div>`
      }
      ${
        start &&
        (end
          ? html`<div>
              <dt>Took</dt>
              <dd>${writeDuration(Date.parse(end) - Date.parse(start))}</dd>
            </div>`
          : html`<div><dt>Started</dt><dd><${Elapsed} since=${start} /> ago</dd></div>`)
      }
      ${end && html`<div><dt>Ended</dt><dd><${Time} at=${end}/></dd></div>`}
      ${
        nextAttemptAt &&
        html`<div><dt>Next attempt</dt><dd><${Time} at=${nextAttemptAt}/></dd></div>`
      }
      <div><dt>Attempts</dt><dd>${job.attempts}</dd></div>
      <div>
        <dt>Trigger</dt>
        <dd>${triggerNames[job.trigger] ?? job.trigger}${job.force && ', forced'}</dd>
      </div>
    </dl>
  `
}

/** What an error means for the operator. @type {Partial<Record<JobView['state'], string>>} */
const advices = {
  queued: 'The service tries again by itself.',
  running: 'This is the error of the last attempt; the service is trying again.',
  rejected: 'The study cannot be measured as it is. It will be checked again when it changes.',
  failed: 'The service stopped trying. Once the cause is resolved, run the study again.',
}

/** @param {{ error: ErrorView, state: JobView['state'] }} props */
function JobError({ error, state }) {
  const step = stageNames[error.stage]
  const note = [step && `It occurred at the step “${step}”.`, advices[state]]
    .filter(Boolean)
    .join(' ')
  const isWarning = state === 'rejected' || state === 'cancelled'
  return html`
    <${Trouble} error=${error} isWarning=${isWarning}>
      ${note && html`<p class="note">${note}</p>`}
    <//>
  `
}

/** @param {{ forwarded: NonNullable<Outcome['forwarded']> }} props */
function Forwarded({ forwarded }) {
  return html`
    <h3>Forwarded</h3>
    <ul class="plain">
      ${forwarded.map(
        ({ target, state, error }) => html`
          <li key=${target}>
            <b>${target}</b>: ${state === 'pending' ? 'waiting to be sent' : state}
            ${error && html`<${Trouble} error=${error} />`}
          </li>
        `,
      )}
    </ul>
  `
}

/** @param {{ job: JobView }} props */
function Found({ job }) {
  const [outcome, setOutcome] = useState(/** @type {Outcome | undefined} */ (undefined))
  const [error, setError] = useState(/** @type {unknown} */ (undefined))
  useEffect(() => {
    let isCurrent = true
    readOutcome(job).then(
      (found) => isCurrent && setOutcome(found),
      (reason) => isCurrent && setError(reason),
    )
    return () => {
      isCurrent = false
    }
  }, [job.id, job.state])
  const { result, rejection, verdicts, forwarded } = outcome ?? {}
  return html`
    ${error && html`<${Trouble} error=${explain(error)} />`}
    ${result && html`<${Measurements} result=${result} />`}
    ${
      rejection &&
      html`<${Measurements} result=${{ volumes: [], quality: rejection.quality, verdict: 'rejected', impression: rejection.impression }} />`
    }
    ${job.links.report && html`<${ReportPreview} key=${job.links.report} path=${job.links.report} />`}
    ${verdicts && verdicts.length > 0 && html`<${SeriesVerdicts} verdicts=${verdicts} />`}
    ${forwarded && forwarded.length > 0 && html`<${Forwarded} forwarded=${forwarded} />`}
  `
}

/** @param {{ job: JobView }} props */
function Job({ job }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => heading.current?.focus({ preventScroll: innerWidth >= 1100 }), [])
  const { links, orthancStudyId, studyInstanceUid } = job
  return html`
    <h2 id="job" ref=${heading} tabindex="-1">Job <${StateBadge} state=${job.state} /></h2>
    <dl class="names">
      <div><dt>Study</dt><dd class="uid">${studyInstanceUid}</dd></div>
      <div><dt>Orthanc ID</dt><dd class="uid">${orthancStudyId}</dd></div>
      <div><dt>Job</dt><dd class="uid">${job.id}</dd></div>
    </dl>
    ${job.superseded && html`<p class="note">A newer result has replaced this one.</p>`}
    ${job.error && html`<${JobError} error=${job.error} state=${job.state} />`}
    <${JobActions} job=${job} />
    <${Answer} job=${job} />
    <p class="links">
      ${links.viewer && html`<a href=${links.viewer} target="_blank" rel="noopener noreferrer">Open in the viewer</a>`}
      <a
        href=${addressOf({ study: studyInstanceUid, states: [], trigger: '', alarm: false, order: 'newest', batch: '', page: 1 })}
        onClick=${follow}
      >All jobs of this study</a>
      <${JobLink} path=${links.predecessor}>Earlier result<//>
      <${JobLink} path=${links.supersededBy}>Newer result<//>
    </p>
    <${Times} job=${job} />
    <${Found} job=${job} />
    ${job.timings.length > 0 && html`<${StageTimes} timings=${job.timings} />`}
  `
}

/**
 * One job with all its details, kept up to date.
 * @param {{ id: string }} props
 */
export function JobDetails({ id }) {
  const [job, setJob] = useState(/** @type {JobView | undefined} */ (undefined))
  const [error, setError] = useState(/** @type {unknown} */ (undefined))
  const isLive = connection.value === 'live'
  useEffect(() => {
    const control = new AbortController()
    readJson(`/api/v1/jobs/${encodeURIComponent(id)}`, { signal: control.signal }).then(
      (found) => {
        setJob(/** @type {JobView} */ (found))
        setError(undefined)
      },
      (reason) => control.signal.aborted || setError(reason),
    )
    return () => control.abort()
  }, [isLive])
  const changed = news.value.find((one) => one.id === id)
  useEffect(() => {
    if (changed) setJob(changed)
  }, [changed])
  const close = () => {
    go({ job: '' })
    // On a phone the list appears only once the details are closed.
    requestAnimationFrame(() => document.getElementById(`job-${id}`)?.focus())
  }
  const closeOnEscape = (/** @type {KeyboardEvent} */ event) => {
    const isInDialog = /** @type {Element} */ (event.target).closest('dialog') !== null
    if (event.key === 'Escape' && !isInDialog) close()
  }
  return html`
    <section
      class="details card"
      aria-label="Details of the selected job"
      onKeyDown=${closeOnEscape}
    >
      <button type="button" class="quiet close" onClick=${close}>Back to the list</button>
      ${job && html`<${Job} job=${job} />`}
      ${!job && !error && html`<p class="nothing">Loading the job…</p>`}
      ${error && !job && html`<${Trouble} error=${explain(error)} />`}
    </section>
  `
}
