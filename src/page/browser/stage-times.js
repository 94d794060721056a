import { html } from './html.js'
import { writeDuration } from './show-time.js'
import { stageNames } from './stage-names.js'

/** @import { JobView } from '../api-types.ts' */

/**
 * How long each step took, with bars.
 * @param {{ timings: JobView['timings'] }} props
 */
export function StageTimes({ timings }) {
  const longest = Math.max(...timings.map(({ milliseconds }) => milliseconds), 1)
  const whole = timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  return html`
    <h3 id="stages">Steps</h3>
    <table class="stages" aria-labelledby="stages">
      <thead class="hidden">
        <tr><th scope="col">Step</th><th scope="col">Share</th><th scope="col">Time</th></tr>
      </thead>
      <tbody>
        ${timings.map(
          ({ stage, milliseconds }, index) => html`
            <tr key=${`${index}-${stage}`}>
              <th scope="row">${stageNames[stage] ?? stage}</th>
              <td class="bar" aria-hidden="true">
                <svg viewBox="0 0 100 8" preserveAspectRatio="none">
                  <rect width=${Math.max(0.5, (100 * milliseconds) / longest)} height="8" />
                </svg>
              </td>
              <td class="number">${writeDuration(milliseconds)}</td>
            </tr>
          `,
        )}
      </tbody>
      <tfoot>
        <tr><th scope="row">total</th><td></td><td class="number">${writeDuration(whole)}</td></tr>
      </tfoot>
    </table>
  `
}
