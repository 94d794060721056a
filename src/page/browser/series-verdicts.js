import { html } from './html.js'

/** @import { Outcome } from '../api-types.ts' */

/**
 * Why each series of the study was measured or not.
 * @param {{ verdicts: Outcome['verdicts'] }} props
 */
export function SeriesVerdicts({ verdicts }) {
  return html`
    <h3 id="series">Series of the study</h3>
    <ul class="series" aria-labelledby="series">
      ${verdicts.map(
        (verdict) => html`
          <li key=${verdict.seriesInstanceUid} class=${verdict.chosen ? 'chosen' : ''}>
            <p>
              <b>${verdict.seriesNumber ?? '–'}</b>${' '}
              ${verdict.seriesDescription ?? 'no description'}${' '}
              <small>
                ${verdict.modality ?? 'unknown modality'},${' '}
                ${verdict.instanceCount} ${verdict.instanceCount === 1 ? 'image' : 'images'}
              </small>
            </p>
            <p class="sentence">${verdict.sentence} <code>${verdict.reason}</code></p>
          </li>
        `,
      )}
    </ul>
  `
}
