import { useEffect, useState } from 'preact/hooks'
import { go, isFiltered, jobStates, place, triggers } from './address.js'
import { html } from './html.js'
import { isWithoutUnchanged } from './jobs.js'
import { queue } from './live.js'
import { StateIcon } from './state-badge.js'
import { triggerNames } from './trigger-names.js'
import { isWide } from './wide.js'

/** @import { JobState } from '../api-types.ts' */

/** @param {JobState} state */
function toggle(state) {
  const { states } = place.value
  const next = states.includes(state) ? states.filter((one) => one !== state) : [...states, state]
  go({ states: jobStates.filter((one) => next.includes(one)), page: 1 })
}

function StateFilter() {
  const { states } = place.value
  return html`
    <fieldset class="states">
      <legend>State</legend>
      ${jobStates.map(
        (state) => html`
          <label key=${state} class=${`chip ${state}`}>
            <input
              type="checkbox"
              checked=${states.includes(state)}
              onChange=${() => toggle(state)}
            />
            <${StateIcon} state=${state} />${state}
            ${queue.value && html`<b>${queue.value.counts[state].toLocaleString()}</b>`}
          </label>
        `,
      )}
    </fieldset>
  `
}

/** @param {{ text: string, setText: (text: string) => void }} props */
function Fields({ text, setText }) {
  const { trigger, order, alarm } = place.value
  return html`
    <div class="fields">
      <div class="field">
        <label for="trigger">Trigger</label>
        <select
          id="trigger"
          value=${trigger}
          onChange=${(/** @type {any} */ event) => go({ trigger: event.currentTarget.value, page: 1 })}
        >
          <option value="">any</option>
          ${triggers.map((name) => html`<option key=${name} value=${name}>${triggerNames[name]}</option>`)}
        </select>
      </div>
      <div class="field wide">
        <label for="study">Study</label>
        <input
          id="study"
          type="search"
          placeholder="UID, accession no., date"
          title="A complete StudyInstanceUID, Orthanc identifier or accession number, or a study date such as 2026-01-31"
          maxlength="66"
          spellcheck=${false}
          autocomplete="off"
          value=${text}
          onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)}
        />
        <button type="submit">Find</button>
      </div>
      <div class="field">
        <label for="order">Order</label>
        <select
          id="order"
          value=${order}
          onChange=${(/** @type {any} */ event) => go({ order: event.currentTarget.value, page: 1 })}
        >
          <option value="newest">newest first</option>
          <option value="percentile">lowest percentile first</option>
        </select>
      </div>
      <label class="chip alarm">
        <input
          type="checkbox"
          checked=${alarm}
          onChange=${() => go({ alarm: !alarm, page: 1 })}
        />
        small volumes only
      </label>
    </div>
  `
}

/** Which jobs are shown; the counts are for the whole queue. */
export function JobFilter() {
  const { trigger, study, alarm, order, batch } = place.value
  const [text, setText] = useState(study)
  useEffect(() => setText(study), [study])
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    go({ study: text.trim(), page: 1 })
  }
  const clear = () =>
    go({ states: [], trigger: '', study: '', alarm: false, order: 'newest', batch: '', page: 1 })
  const fields = html`<${Fields} text=${text} setText=${setText} />`
  return html`
    <form class="filter" role="search" aria-label="Jobs" onSubmit=${submit}>
      <${StateFilter} />
      ${
        isWide.value
          ? fields
          : html`<details open=${trigger !== '' || study !== '' || alarm || order !== 'newest'}>
              <summary>Find, filter and order</summary>
              ${fields}
            </details>`
      }
      ${
        isWithoutUnchanged(place.value) &&
        (queue.value?.counts.unchanged ?? 0) > 0 &&
        html`<p class="filtered">
          Checks that found nothing new are hidden.
          <button type="button" class="quiet" onClick=${() => go({ states: ['unchanged'], page: 1 })}>
            Show them
          </button>
        </p>`
      }
      ${
        isFiltered(place.value) &&
        html`<p class="filtered">
          ${batch && 'Showing only the jobs of one backfill.'}
          <button type="button" class="quiet" onClick=${clear}>Show all jobs</button>
        </p>`
      }
    </form>
  `
}
