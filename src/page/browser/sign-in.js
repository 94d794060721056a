import { useState } from 'preact/hooks'
import { html } from './html.js'
import { refusal, signIn } from './session.js'

/** Asks for the reader's token. */
export function SignIn() {
  const [given, setGiven] = useState('')
  const isRefused = refusal.value !== ''
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    if (given.trim() !== '') signIn(given.trim())
  }
  return html`
    <main id="main" class="sign-in">
      <form class="card" onSubmit=${submit}>
        <h2>Sign in</h2>
        <p id="token-note">
          Use the token you were given for this service. It is kept until this tab is
          closed and sent only to the service.
        </p>
        ${isRefused && html`<p class="trouble" id="refusal" role="alert">${refusal.value}</p>`}
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          spellcheck=${false}
          required
          aria-invalid=${isRefused ? 'true' : undefined}
          aria-describedby=${isRefused ? 'refusal token-note' : 'token-note'}
          value=${given}
          onInput=${(/** @type {any} */ event) => setGiven(event.currentTarget.value)}
        />
        <button type="submit" class="primary">Sign in</button>
      </form>
    </main>
  `
}
