import { html } from './html.js'
import { Impression } from './impression.js'

/** @import { Outcome } from '../api-types.ts' */
/** @typedef {NonNullable<Outcome['result']>} Result */

/** @param {number} mm3 */
const writeVolume = (mm3) => Math.round(mm3).toLocaleString()

/** @param {number | undefined} mm3 */
const writeError = (mm3) => (mm3 === undefined ? '' : ` ± ${writeVolume(mm3)}`)

const sideNames = { left: 'Left', right: 'Right', unknown: 'Side unknown' }

/** @param {{ volumes: Result['volumes'] }} props */
function Volumes({ volumes }) {
  return html`
    <table class="volumes">
      <caption class="hidden">Volumes in cubic millimetres</caption>
      <thead>
        <tr>
          <th scope="col">mm³</th>
          <th scope="col" class="number">Anterior</th>
          <th scope="col" class="number">Posterior</th>
          <th scope="col" class="number">Whole</th>
        </tr>
      </thead>
      <tbody>
        ${volumes.map(
          ({ side, anteriorMm3, posteriorMm3, totalMm3, standardErrorMm3: error }) => html`
            <tr key=${side}>
              <th scope="row">${sideNames[side]}</th>
              <td class="number">${writeVolume(anteriorMm3)}${writeError(error?.anterior)}</td>
              <td class="number">${writeVolume(posteriorMm3)}${writeError(error?.posterior)}</td>
              <td class="number"><b>${writeVolume(totalMm3)}</b>${writeError(error?.total)}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
    ${
      volumes.some(({ standardErrorMm3 }) => standardErrorMm3) &&
      html`<p class="note">± is one standard error, compared with manual tracing.</p>`
    }
  `
}

/**
 * The numbers of a result and the findings of the quality gates. Decisions are based on the report.
 * @param {{ result: Pick<Result, 'volumes' | 'quality' | 'verdict' | 'warnings' | 'history' | 'impression' | 'model'> }} props
 */
export function Measurements({ result }) {
  const { volumes, quality = [], verdict, history, impression, model } = result
  const findings = quality.filter((finding) => finding.verdict !== 'measured')
  const passed = quality.length - findings.length
  return html`
    <h3>${volumes.length > 0 ? 'Volumes' : 'Quality'}</h3>
    ${volumes.length > 0 && html`<${Volumes} volumes=${volumes} />`}
    ${impression && html`<${Impression} impression=${impression} />`}
    ${history && html`<p class="sentence">${history.sentence}</p>`}
    ${
      findings.length > 0 &&
      html`<ul class="findings">
        ${findings.map(
          (finding) => html`
            <li key=${`${finding.check}-${finding.side}`} class=${finding.verdict}>
              <b>${finding.verdict === 'rejected' ? 'Rejected' : 'Warning'}</b>:${' '}
              ${finding.sentence} <code>${finding.check}</code>
            </li>
          `,
        )}
      </ul>`
    }
    <p class="note">
      ${verdict === 'measured' && quality.length > 0 && `All ${passed} quality checks passed. `}
      ${
        verdict !== 'measured' &&
        passed > 0 &&
        (passed === 1
          ? '1 other quality check passed. '
          : `${passed} other quality checks passed. `)
      }
      ${model && `Model ${model.name} ${model.version}.`}
    </p>
  `
}
