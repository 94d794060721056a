import { useState } from 'preact/hooks'
import { ask } from './confirm-dialog.js'
import { html } from './html.js'
import { mergeJobs } from './jobs.js'
import { sayDone, sayError } from './notice.js'
import { post } from './request.js'
import { mayOperate } from './session.js'
import { Time } from './show-time.js'

/** @import { JobView } from '../api-types.ts' */

/**
 * @param {JobView} job
 * @param {{ answer: 'accepted' | 'rejected', reason?: string }} given
 */
async function send(job, given) {
  mergeJobs([/** @type {JobView} */ (await post(`/api/v1/jobs/${job.id}/answer`, given))])
  sayDone(given.answer === 'accepted' ? 'The result is accepted.' : 'The result is rejected.')
}

/** Whether a reader may still accept or reject a result. @param {JobView} job */
const isOpen = (job) =>
  job.state === 'succeeded' && !job.superseded && job.answer?.answer !== 'rejected'

/**
 * The reader's answer, and the buttons for those who may give it.
 * @param {{ job: JobView }} props
 */
export function Answer({ job }) {
  const [isBusy, setBusy] = useState(false)
  const act = (/** @type {Parameters<typeof send>[1]} */ given) => {
    setBusy(true)
    send(job, given)
      .catch(sayError)
      .finally(() => setBusy(false))
  }
  const askToReject = () =>
    ask({
      title: 'Reject this result?',
      text:
        'The rejection is marked in the archive and remains until a new result is ' +
        'made. The reason is kept with it.',
      yes: 'Reject result',
      reason: 'Reason',
      act: (reason) => act({ answer: 'rejected', reason }),
    })
  const { answer } = job
  if (answer === undefined && !(isOpen(job) && mayOperate.value)) return null
  return html`
    <h3>Reader’s answer</h3>
    ${
      answer
        ? html`<p class=${`answer ${answer.answer}`}>
            <b>${answer.answer === 'accepted' ? 'Accepted' : 'Rejected'}</b>${' '}
            by ${answer.reader ?? answer.by}, <${Time} at=${answer.at} long=${true} />${answer.reason ? `: ${answer.reason}` : ''}
          </p>`
        : html`<p class="note">Nobody has accepted or rejected this result yet.</p>`
    }
    ${
      isOpen(job) &&
      mayOperate.value &&
      html`<div class="actions" role="group" aria-label="Reader’s answer">
        ${
          answer === undefined &&
          html`<button type="button" disabled=${isBusy} onClick=${() => act({ answer: 'accepted' })}>
            Accept
          </button>`
        }
        <button type="button" disabled=${isBusy} onClick=${askToReject}>Reject</button>
      </div>`
    }
  `
}
