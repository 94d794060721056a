import { useRef, useState } from 'preact/hooks'
import { html } from './html.js'

/** @import { Outcome } from '../api-types.ts' */
/** @typedef {NonNullable<NonNullable<Outcome['result']>['impression']>} ImpressionView */

/**
 * Selects the text, for copying by keyboard where the browser offers no clipboard.
 * @param {HTMLElement | null} element
 */
function select(element) {
  if (element === null) return
  getSelection()?.selectAllChildren(element)
}

/**
 * The sentences to paste into a report, with a button that copies them.
 * @param {{ impression: ImpressionView }} props
 */
export function Impression({ impression }) {
  const text = useRef(/** @type {HTMLElement | null} */ (null))
  const [said, setSaid] = useState('')
  const copy = async () => {
    try {
      // Browsers offer the clipboard only to pages over HTTPS and from localhost.
      await navigator.clipboard.writeText(impression.text)
      setSaid('Copied.')
    } catch {
      select(text.current)
      setSaid('The text is selected: copy it with the keyboard.')
    }
  }
  return html`
    <h3>Impression</h3>
    <p class="sentence" ref=${text} lang=${impression.language.code}>${impression.text}</p>
    <div class="actions">
      <button type="button" onClick=${copy}>Copy impression</button>
      <span role="status">${said}</span>
    </div>
  `
}
