import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { addressOf, follow, place } from './address.js'
import { BackfillList, backfills, readBackfills } from './backfills.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { html } from './html.js'
import { JobDetails } from './job-details.js'
import { JobFilter } from './job-filter.js'
import { JobList } from './job-list.js'
import { connection, version } from './live.js'
import { ModelList, models, readModels } from './models.js'
import { Notice } from './notice.js'
import { poll } from './poll.js'
import { ServiceHealth } from './service-health.js'
import { principal, signOut, token } from './session.js'
import { SignIn } from './sign-in.js'

const connectionWords = { connecting: 'Connecting', live: 'Live', lost: 'Connection lost' }

/** Sections that do not exist, or that the reader may not see, are hidden. */
function Parts() {
  const parts = /** @type {const} */ ([
    ['jobs', 'Jobs', true],
    ['backfills', 'Backfills', backfills.value !== undefined],
    ['models', 'Models', models.value !== undefined],
  ])
  const { view } = place.value
  if (!parts.some(([name, , isThere]) => isThere && name !== 'jobs')) return null
  return html`
    <nav class="parts" aria-label="Parts of this page">
      ${parts
        .filter(([, , isThere]) => isThere)
        .map(
          ([name, title]) => html`
            <a
              key=${name}
              href=${addressOf({ view: name, job: '' })}
              aria-current=${view === name ? 'page' : undefined}
              onClick=${follow}
            >${title}</a>
          `,
        )}
    </nav>
  `
}

function Header() {
  const isIn = token.value !== ''
  return html`
    <a class="skip" href="#main">Skip to content</a>
    <header>
      <div class="title">
        <img src="/assets/icon.svg" alt="" width="32" height="32" />
        <div>
          <h1>HippoVolume</h1>
          <p class="research">Research software, not for diagnosis</p>
        </div>
      </div>
      ${
        isIn &&
        html`<div class="session">
          <span class=${`connection ${connection.value}`}>${connectionWords[connection.value]}</span>
          ${principal.value && html`<span>${principal.value.name}</span>`}
          <button type="button" class="quiet" onClick=${() => signOut()}>Sign out</button>
        </div>`
      }
      ${isIn && html`<${Parts} />`}
    </header>
  `
}

function Jobs() {
  const { job } = place.value
  return html`
    <div class=${job ? 'jobs-view with-details' : 'jobs-view'}>
      <div class="jobs-column">
        <${JobFilter} />
        <${JobList} />
      </div>
      ${job && html`<${JobDetails} key=${job} id=${job} />`}
    </div>
  `
}

function SignedIn() {
  useEffect(() => poll(readBackfills, 5), [])
  useEffect(() => poll(readModels, 60), [])
  const { view } = place.value
  return html`
    <main id="main" tabindex="-1">
      <${ServiceHealth} />
      <${Notice} />
      ${
        view === 'backfills'
          ? html`<${BackfillList} />`
          : view === 'models'
            ? html`<${ModelList} />`
            : html`<${Jobs} />`
      }
    </main>
    <${ConfirmDialog} />
  `
}

function App() {
  return html`
    <${Header} />
    ${token.value === '' ? html`<${SignIn} />` : html`<${SignedIn} />`}
    <footer>
      <p>
        HippoVolume${version.value && ` ${version.value}`}. Research software: its measurements are not for${' '}
        diagnosis.${' '}
        <a href="/docs">REST API</a>
      </p>
    </footer>
  `
}

render(html`<${App} />`, document.body)
