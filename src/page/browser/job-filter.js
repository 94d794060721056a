import { useEffect, useState } from 'preact/hooks'
import { go, jobStates, place, triggers } from './address.js'
import { html } from './html.js'
import { queue } from './live.js'
import { StateIcon } from './state-badge.js'
import { triggerNames } from './trigger-names.js'
import { isWide } from './wide.js'

/** @import { JobState } from '../api-types.ts' */

/** What the API takes as a study: Orthanc's identifier or a UID. */
const studyPattern = '\\s*([0-9a-f]{8}(-[0-9a-f]{8}){4}|[0-9]+(\\.[0-9]+)+)\\s*'

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
  const { trigger } = place.value
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
          placeholder="UID or Orthanc identifier"
          pattern=${studyPattern}
          title="A whole StudyInstanceUID or Orthanc identifier"
          maxlength="66"
          spellcheck=${false}
          autocomplete="off"
          value=${text}
          onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)}
        />
        <button type="submit">Find</button>
      </div>
    </div>
  `
}

/** Which jobs are shown; the numbers are those of the whole queue. */
export function JobFilter() {
  const { trigger, study, batch, states } = place.value
  const [text, setText] = useState(study)
  useEffect(() => setText(study), [study])
  const isFiltered = states.length > 0 || trigger !== '' || study !== '' || batch !== ''
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    go({ study: text.trim(), page: 1 })
  }
  const clear = () => go({ states: [], trigger: '', study: '', batch: '', page: 1 })
  const fields = html`<${Fields} text=${text} setText=${setText} />`
  return html`
    <form class="filter" role="search" aria-label="Jobs" onSubmit=${submit}>
      <${StateFilter} />
      ${
        isWide.value
          ? fields
          : html`<details open=${trigger !== '' || study !== ''}>
              <summary>Find a study or trigger</summary>
              ${fields}
            </details>`
      }
      ${
        isFiltered &&
        html`<p class="filtered">
          ${batch && 'Only jobs of one backfill are shown.'}
          <button type="button" class="quiet" onClick=${clear}>Show all jobs</button>
        </p>`
      }
    </form>
  `
}
