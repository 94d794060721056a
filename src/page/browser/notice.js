import { signal } from '@preact/signals'
import { html } from './html.js'
import { explain } from './request.js'

/** @type {import('@preact/signals').Signal<{ kind: 'done' | 'error', text: string, code?: string } | undefined>} */
const notice = signal()

/** Reports that the reader's action succeeded. @param {string} text */
export function sayDone(text) {
  notice.value = { kind: 'done', text }
}

/** Reports why it failed. @param {unknown} error */
export function sayError(error) {
  const { code, message } = explain(error)
  notice.value = { kind: 'error', text: message, code }
}

export function clearNotice() {
  notice.value = undefined
}

/** Feedback on the reader's own actions, announced once; automatic events are not shown here. */
export function Notice() {
  const { kind = 'done', text = '', code } = notice.value ?? {}
  return html`
    <div class="notices" role="status">
      ${
        text &&
        html`<div class=${`notice ${kind}`}>
          <p>${text} ${code && html`<code>${code}</code>`}</p>
          <button type="button" class="quiet" onClick=${clearNotice}>Close</button>
        </div>`
      }
    </div>
  `
}
