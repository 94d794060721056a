import { useEffect, useRef, useState } from 'preact/hooks'
import { html } from './html.js'
import { explain, request } from './request.js'
import { Trouble } from './trouble.js'

/**
 * The page that was stored in the archive: a small preview, enlarged on request.
 * @param {{ path: string }} props
 */
export function ReportPreview({ path }) {
  const [url, setUrl] = useState('')
  const [error, setError] = useState(/** @type {unknown} */ (undefined))
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  useEffect(() => {
    const control = new AbortController()
    let made = ''
    request(path, { signal: control.signal })
      .then((answer) => answer.blob())
      .then((png) => {
        if (control.signal.aborted) return
        made = URL.createObjectURL(png)
        setUrl(made)
      })
      .catch((reason) => control.signal.aborted || setError(reason))
    return () => {
      control.abort()
      URL.revokeObjectURL(made)
    }
  }, [path])
  return html`
    <h3>Report</h3>
    ${error && html`<${Trouble} error=${explain(error)} />`}
    ${!error && !url && html`<p class="nothing">Loading the page…</p>`}
    ${
      url &&
      html`
        <button type="button" class="preview" onClick=${() => dialog.current?.showModal()}>
          <img src=${url} alt="The report page as it is stored in the archive" />
          <span>Show larger</span>
        </button>
        <dialog class="page" ref=${dialog} aria-label="Report page">
          <p class="actions">
            <button type="button" onClick=${() => dialog.current?.close()}>Close</button>
            <a href=${url} target="_blank" rel="noopener">Open in a new tab</a>
          </p>
          <div class="scroll" tabindex="0" role="region" aria-label="The page, full size">
            <img src=${url} alt="The report page as it is stored in the archive" />
          </div>
        </dialog>
      `
    }
  `
}
