import { signal } from '@preact/signals'
import { html } from './html.js'
import { explain, RequestError, readJson } from './request.js'
import { Trouble } from './trouble.js'

/** @import { ErrorView, Models } from '../api-types.ts' */

/**
 * Undefined if the reader may not see them. @type {import('@preact/signals').Signal<Models |
 * undefined>}
 */
export const models = signal()

/** @type {import('@preact/signals').Signal<Pick<ErrorView, 'code' | 'message'> | undefined>} */
const modelsError = signal()

/** Reads which models are installed. */
export async function readModels() {
  try {
    models.value = await readJson('/api/v1/models')
    modelsError.value = undefined
  } catch (error) {
    const isForbidden = error instanceof RequestError && error.status === 403
    if (isForbidden) models.value = undefined
    else modelsError.value = explain(error)
  }
}

/**
 * @param {{ name: string, version: string }} one
 * @param {{ name: string, version: string } | undefined} other
 */
const isSame = (one, other) => one.name === other?.name && one.version === other.version

/** The installed models and which one is active; they are switched on the command line. */
export function ModelList() {
  const { active, shadow, installed = [], unusable = [], problem } = models.value ?? {}
  return html`
    <section aria-labelledby="models">
      <h2 id="models">Models</h2>
      ${modelsError.value && html`<${Trouble} error=${modelsError.value} />`}
      ${problem && html`<${Trouble} error=${problem} />`}
      ${unusable.map(
        ({ path, error }) => html`
          <${Trouble} key=${path} error=${error}><p class="note">The model in ${path}.</p><//>
        `,
      )}
      ${shadow && html`<p class="note">A second model runs in shadow mode: it measures, but stores nothing.</p>`}
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Version</th>
            <th scope="col">Use</th>
            <th scope="col">Validated</th>
          </tr>
        </thead>
        <tbody>
          ${installed.map(
            (model) => html`
              <tr key=${`${model.name} ${model.version}`}>
                <td>${model.name}</td>
                <td>${model.version}</td>
                <td>
                  ${
                    isSame(model, active)
                      ? html`<b>active</b>`
                      : isSame(model, shadow)
                        ? 'shadow'
                        : 'installed'
                  }
                </td>
                <td>${model.checked === undefined ? '–' : model.checked ? 'yes' : 'not yet'}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </section>
  `
}
