import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { choosePort } from '../demo/choose-port.ts'
import { startOrthanc } from '../demo/start-orthanc.ts'
import { fetchViewer } from '../viewer/fetch-viewer.ts'
import { buildViewerProxy } from '../viewer/viewer-proxy.ts'

export interface OpenViewer {
  readonly url: string
  /** Puts a DICOM file into the archive that the viewer reads. */
  upload(file: Uint8Array): Promise<void>
  stop(): Promise<void>
}

/** Starts Orthanc and OHIF on free ports, without the service. */
export async function openViewer(folder: string, say: (line: string) => void): Promise<OpenViewer> {
  mkdirSync(join(folder, 'logs'), { recursive: true })
  const viewerFolder = await fetchViewer(say)
  const orthanc = await startOrthanc({
    folder,
    httpPort: await choosePort(0),
    dicomPort: await choosePort(0),
    serviceUrl: 'http://127.0.0.1:9', // the hook reaches no service: nothing is measured here
    hookToken: 'nobody',
    stableAge: 600,
  })
  const { accounts, url } = orthanc
  const viewer = await buildViewerProxy({
    viewerFolder,
    orthancUrl: url,
    user: 'viewer',
    password: accounts.viewer,
  })
  const authorization = `Basic ${Buffer.from(`demo:${accounts.demo}`).toString('base64')}`
  return {
    url: await viewer.listen({ host: '127.0.0.1', port: 0 }),
    async upload(file) {
      const body = new Uint8Array(file)
      const answer = await fetch(`${url}/instances`, {
        method: 'POST',
        body,
        headers: { authorization },
      })
      if (!answer.ok) throw new Error(`Orthanc rejected a file: ${await answer.text()}`)
    },
    async stop() {
      await viewer.close()
      await orthanc.stop()
    },
  }
}
