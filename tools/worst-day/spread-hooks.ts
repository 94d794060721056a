import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/** The address for Orthanc's hook, and statistics of its calls. */
export interface HookSpreader {
  readonly server: Server
  /** Time of the first call for each study, epoch milliseconds, by its Orthanc identifier. */
  readonly firstCalls: ReadonlyMap<string, number>
  /** Calls without a response: their process had just been killed. */
  lost(): number
}

/** A round-robin load balancer in front of several processes. */
export async function spreadHooks(port: number, targets: readonly string[]): Promise<HookSpreader> {
  const firstCalls = new Map<string, number>()
  let [next, lost] = [0, 0]
  const server = createServer(async (request, response) => {
    const arrived = Date.now()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const { orthancStudyId } = JSON.parse(body.toString() || '{}') as { orthancStudyId?: string }
    if (orthancStudyId !== undefined && !firstCalls.has(orthancStudyId)) {
      firstCalls.set(orthancStudyId, arrived)
    }
    const target = targets[next++ % targets.length]
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'POST',
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': 'application/json',
      },
      body,
    }).catch(() => undefined)
    if (answer === undefined) {
      lost += 1
      request.socket.destroy()
      return
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(await answer.text())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { server, firstCalls, lost: () => lost }
}
