import { html } from './html.js'

/** @import { ErrorView } from '../api-types.ts' */

/**
 * An error as a sentence with its code.
 * @param {{ error: Pick<ErrorView, 'code' | 'message'>, isWarning?: boolean, children?: unknown }} props
 */
export function Trouble({ error, isWarning = false, children }) {
  return html`
    <div class=${isWarning ? 'trouble warning' : 'trouble'}>
      <p>${error.message} <code>${error.code}</code></p>
      ${children}
    </div>
  `
}
