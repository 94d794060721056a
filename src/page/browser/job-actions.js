import { useState } from 'preact/hooks'
import { go } from './address.js'
import { ask } from './confirm-dialog.js'
import { html } from './html.js'
import { mergeJobs } from './jobs.js'
import { sayDone, sayError } from './notice.js'
import { post, request } from './request.js'
import { mayOperate, principal } from './session.js'

/** @import { JobView } from '../api-types.ts' */

/**
 * Downloads a resource of the API as a file; a plain link could not send the token.
 * @param {string} path
 * @param {string} name
 */
async function download(path, name) {
  const url = URL.createObjectURL(await (await request(path)).blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/**
 * @param {JobView} job
 * @param {boolean} force
 */
async function run(job, force) {
  const next = /** @type {JobView} */ (
    await post(`/api/v1/studies/${job.orthancStudyId}/runs`, { force })
  )
  mergeJobs([next])
  go({ job: next.id })
  sayDone(
    force
      ? 'A new result is being made for this study. This is its job.'
      : 'The study is being checked again. This is the job.',
  )
}

/** @param {JobView} job */
async function cancel(job) {
  const after = /** @type {JobView} */ (await post(`/api/v1/jobs/${job.id}/cancel`))
  mergeJobs([after])
  sayDone(after.state === 'cancelled' ? 'The job is cancelled.' : 'The job has been asked to stop.')
}

/**
 * The actions on a job, without those that the reader may not perform.
 * @param {{ job: JobView }} props
 */
export function JobActions({ job }) {
  const [isBusy, setBusy] = useState(false)
  const act = async (/** @type {() => Promise<void>} */ work) => {
    setBusy(true)
    await work().catch(sayError)
    setBusy(false)
  }
  const isWaiting = job.state === 'queued' || job.state === 'running'
  const askToCancel = () =>
    ask({
      title: 'Cancel this job?',
      text:
        job.state === 'running'
          ? 'The job will be asked to stop. What it has already stored in the archive stays there.'
          : 'The job will be removed from the queue. The study can be run again later.',
      yes: 'Cancel job',
      act: () => act(() => cancel(job)),
    })
  const askToForce = () =>
    ask({
      title: 'Make a new result?',
      text:
        'The study will be measured again although it has not changed. The new result is stored ' +
        'in the archive next to the earlier one and replaces it.',
      yes: 'Make a new result',
      act: () => act(() => run(job, true)),
    })
  return html`
    <div class="actions" role="group" aria-label="Actions">
      ${
        mayOperate.value &&
        (isWaiting
          ? html`<button type="button" disabled=${isBusy || job.cancelRequested} onClick=${askToCancel}>
              ${job.cancelRequested ? 'Stopping' : 'Cancel'}
            </button>`
          : html`
              <button type="button" class="primary" disabled=${isBusy} onClick=${() => act(() => run(job, false))}>
                Run again
              </button>
              ${
                // Without a result, running again makes one.
                job.links.results &&
                html`<button type="button" disabled=${isBusy} onClick=${askToForce}>
                  Make a new result
                </button>`
              }
            `)
      }
      ${
        job.links.results &&
        html`
          <button
            type="button"
            onClick=${() => act(() => download(`${job.links.results}`, `results-${job.id}.json`))}
          >
            Results (JSON)
          </button>
          <button
            type="button"
            onClick=${() => act(() => download(`${job.links.self}/fhir`, `fhir-${job.id}.json`))}
          >
            Results (FHIR)
          </button>
        `
      }
    </div>
    ${
      principal.value &&
      !mayOperate.value &&
      html`<p class="note">Your token can only read. Running and cancelling jobs needs an operator’s token.</p>`
    }
  `
}
