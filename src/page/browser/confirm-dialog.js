import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { html } from './html.js'

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} text
 * @property {string} yes the button's text
 * @property {string} [reason] the label of a required text field
 * @property {(reason: string) => void} act
 */

/** @type {import('@preact/signals').Signal<Question | undefined>} */
const question = signal()

/** Asks for confirmation before an action that cannot be undone. @param {Question} asked */
export function ask(asked) {
  question.value = asked
}

export function ConfirmDialog() {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  const asked = question.value
  useEffect(() => {
    if (asked) dialog.current?.showModal()
  }, [asked])
  if (asked === undefined) return null
  // The dialog restores the focus only if it is closed before it is removed.
  const close = () => dialog.current?.close()
  const act = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get('reason')
    close()
    asked.act(String(given ?? '').trim())
  }
  return html`
    <dialog
      ref=${dialog}
      aria-labelledby="question"
      aria-describedby="question-text"
      onClose=${() => {
        question.value = undefined
      }}
    >
      <h2 id="question">${asked.title}</h2>
      <p id="question-text">${asked.text}</p>
      <form method="dialog" onSubmit=${act}>
        ${
          asked.reason &&
          html`<label for="reason">${asked.reason}</label>
            <input id="reason" name="reason" required pattern=".*\\S.*" maxlength="500" autocomplete="off" />`
        }
        <p class="actions">
          <button type="submit" class="primary">${asked.yes}</button>
          <button type="button" onClick=${close}>Back</button>
        </p>
      </form>
    </dialog>
  `
}
