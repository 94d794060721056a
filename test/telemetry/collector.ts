import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CollectedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly status: { readonly code?: number }
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Of the process that made it. */
  readonly process: unknown
}

type Attributes = { key: string; value: Record<string, string | number | boolean> }[]

const readAttributes = (attributes: Attributes) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]!]))

/** A collector that takes traces by OTLP over HTTP (JSON), as a test wants them. */
export async function startCollector() {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    bodies.push(body)
    if (request.url === '/v1/traces') {
      for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
        const process = readAttributes(resource.attributes)['hippovolume.process']
        for (const span of scopeSpans.flatMap((scope: { spans: object[] }) => scope.spans)) {
          spans.push({ ...span, attributes: readAttributes(span.attributes), process })
        }
      }
    }
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    /** Everything that was sent, as text. */
    sent: () => bodies.join('\n'),
    find: (name: string) => spans.filter((span) => span.name === name),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
