import { useState } from 'preact/hooks'
import { html } from './html.js'
import { sayDone } from './notice.js'
import { explain, post } from './request.js'
import { Trouble } from './trouble.js'

/** @param {FormDataEntryValue | null} text one item per line @returns {string[]} */
const readLines = (text) =>
  String(text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/**
 * Leaves out what is empty, because an absent member means "all".
 * @param {FormData} form
 */
function readBody(form) {
  const from = String(form.get('from') ?? '')
  const to = String(form.get('to') ?? '')
  const descriptions = readLines(form.get('descriptions'))
  const patientIds = readLines(form.get('patients'))
  const query = {
    ...(from && { from }),
    ...(to && { to }),
    ...(descriptions.length > 0 && { descriptions }),
    ...(patientIds.length > 0 && { patientIds }),
  }
  return { query, ratePerMinute: Number(form.get('rate')) }
}

/**
 * Asks what a new backfill should look for.
 * @param {{ dialog: import('preact').RefObject<HTMLDialogElement>, onMade: () => Promise<void> }} props
 */
export function BackfillForm({ dialog, onMade }) {
  const [error, setError] = useState(/** @type {unknown} */ (undefined))
  const [isBusy, setBusy] = useState(false)
  const close = () => dialog.current?.close()
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    const form = /** @type {HTMLFormElement} */ (event.currentTarget)
    setBusy(true)
    setError(undefined)
    try {
      await post('/api/v1/backfills', readBody(new FormData(form)))
      form.reset()
      close()
      sayDone('The backfill has started.')
      await onMade()
    } catch (reason) {
      setError(reason)
    }
    setBusy(false)
  }
  return html`
    <dialog ref=${dialog} aria-labelledby="new-backfill">
      <form onSubmit=${submit}>
        <h2 id="new-backfill">New backfill</h2>
        <p class="note">Studies must match all fields that you fill in; empty fields are ignored.</p>
        ${error && html`<div role="alert"><${Trouble} error=${explain(error)} /></div>`}
        <div class="pair">
          <div><label for="from">Studies from</label><input id="from" name="from" type="date" /></div>
          <div><label for="to">until</label><input id="to" name="to" type="date" /></div>
        </div>
        <label for="descriptions">Descriptions of study or series, one per line</label>
        <textarea id="descriptions" name="descriptions" rows="2" aria-describedby="wildcards" spellcheck=${false}></textarea>
        <small id="wildcards">At least one must match; * stands for any characters.</small>
        <label for="patients">Patient IDs, one per line</label>
        <textarea id="patients" name="patients" rows="3" spellcheck=${false}></textarea>
        <label for="rate">Maximum studies per minute</label>
        <input id="rate" name="rate" type="number" min="1" max="6000" step="1" value="30" required />
        <p class="actions">
          <button type="submit" class="primary" disabled=${isBusy}>Start</button>
          <button type="button" onClick=${close}>Back</button>
        </p>
      </form>
    </dialog>
  `
}
