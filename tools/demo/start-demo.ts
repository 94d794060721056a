import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { fetchViewer } from '../viewer/fetch-viewer.ts'
import { buildViewerProxy } from '../viewer/viewer-proxy.ts'
import { choosePort } from './choose-port.ts'
import { type DemoOrthanc, startOrthanc } from './start-orthanc.ts'
import { type DemoService, startService } from './start-service.ts'

export interface Demo {
  readonly folder: string
  readonly viewerUrl: string
  readonly orthanc: DemoOrthanc
  readonly service: DemoService
  /** Ends viewer, service and Orthanc cleanly, in this order. */
  stop(): Promise<void>
}

/**
 * Starts the PACS, the service and the viewer on free ports of this machine, the usual ones if they
 * are free. Ends everything it started if one of them fails to start.
 */
export async function startDemo(options: {
  readonly folder: string
  readonly viewerPort: number
  readonly say: (line: string) => void
}): Promise<Demo> {
  const { folder, say } = options
  mkdirSync(join(folder, 'logs'), { recursive: true })
  const httpPort = await choosePort(8042)
  const dicomPort = await choosePort(4242)
  const servicePort = await choosePort(8080)
  const viewerPort = await choosePort(options.viewerPort)
  const viewerUrl = `http://localhost:${viewerPort}`
  const apiToken = randomBytes(24).toString('base64url')
  const hookToken = randomBytes(24).toString('base64url')
  const viewerFolder = await fetchViewer(say)

  const started: { stop(): Promise<unknown> }[] = []
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop()
  }
  try {
    const serviceUrl = `http://127.0.0.1:${servicePort}`
    const orthanc = await startOrthanc({
      folder,
      httpPort,
      dicomPort,
      serviceUrl,
      hookToken,
      stableAge: 3,
    })
    started.push(orthanc)
    say(`Orthanc is running: ${orthanc.url}, DICOM ${orthanc.aet} on port ${dicomPort}`)
    const service = await startService({
      folder,
      port: servicePort,
      apiToken,
      environment: {
        HOOK_TOKEN: hookToken,
        ORTHANC_URL: orthanc.url,
        ORTHANC_USER: 'hippovolume',
        ORTHANC_PASSWORD: orthanc.accounts.hippovolume,
        VIEWER_URL: viewerUrl,
      },
    })
    started.push(service)
    say(`the service is running: ${service.url}`)
    const viewer = await startViewer(viewerFolder, viewerPort, orthanc)
    started.push({ stop: () => viewer.close() })
    say(`the viewer is running: ${viewerUrl}`)
    return { folder, viewerUrl, orthanc, service, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startViewer(
  viewerFolder: string,
  port: number,
  orthanc: DemoOrthanc,
): Promise<FastifyInstance> {
  const viewer = await buildViewerProxy({
    viewerFolder,
    orthancUrl: orthanc.url,
    user: 'viewer',
    password: orthanc.accounts.viewer,
  })
  await viewer.listen({ host: '127.0.0.1', port })
  return viewer
}
