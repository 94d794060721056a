import { once } from 'node:events'
import { createServer, type IncomingMessage, request as sendRequest } from 'node:http'

/** What becomes of a request: it passes, its connection is cut, or it is answered on the spot. */
export type Fate = 'pass' | 'cut' | { readonly status: number; readonly body: string }

export interface PassingProxy {
  readonly url: string
  /** Decides on every request from now on; it may wait, which holds the request. */
  decide(rule: (request: { method: string; path: string }) => Fate | Promise<Fate>): void
  /** Called when the target has answered, before the answer goes on. */
  onAnswer(listener: (request: { method: string; path: string }) => void | Promise<void>): void
  /** Gives other bytes in the place of a file of an instance, where it answers some. */
  replaceFiles(choose: (path: string) => Uint8Array | undefined): void
  /** Lets everything pass again. */
  reset(): void
  stop(): Promise<void>
}

/** Passes requests on to a target on this machine, for tests that need a bad line on the way. */
export async function startPassingProxy(target: string): Promise<PassingProxy> {
  const pass = () => 'pass' as const
  let rule: Parameters<PassingProxy['decide']>[0] = pass
  let listener: Parameters<PassingProxy['onAnswer']>[0] = () => {}
  let chooseFile: Parameters<PassingProxy['replaceFiles']>[0] = () => undefined

  const server = createServer(async (incoming, outgoing) => {
    outgoing.on('error', () => {})
    const seen = { method: incoming.method ?? '', path: incoming.url ?? '' }
    const fate = await rule(seen)
    if (fate === 'cut') {
      incoming.socket.destroy()
      return
    }
    if (fate !== 'pass') {
      incoming.resume()
      outgoing.writeHead(fate.status, { 'content-type': 'application/json' }).end(fate.body)
      return
    }
    const isFile = /^\/instances\/[^/]+\/file$/.test(seen.path)
    const file = isFile ? chooseFile(seen.path) : undefined
    if (file !== undefined) {
      incoming.resume()
      outgoing.writeHead(200, { 'content-type': 'application/dicom' }).end(file)
      return
    }
    const onwards = sendRequest(`${target}${seen.path}`, {
      method: seen.method,
      headers: incoming.headers,
    })
    onwards.on('error', () => incoming.socket.destroy())
    incoming.on('error', () => onwards.destroy())
    incoming.pipe(onwards)
    onwards.on('response', async (answer: IncomingMessage) => {
      await listener(seen)
      answer.on('error', () => outgoing.destroy())
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    decide(next) {
      rule = next
    },
    onAnswer(next) {
      listener = next
    },
    replaceFiles(choose) {
      chooseFile = choose
    },
    reset() {
      rule = pass
      chooseFile = () => undefined
      listener = () => {}
    },
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
