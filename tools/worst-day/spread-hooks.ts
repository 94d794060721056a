import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/** Where Orthanc's hook calls, and what is known of the calls. */
export interface HookSpreader {
  readonly server: Server
  /** Time of the first call for each study, epoch milliseconds, by its Orthanc identifier. */
  readonly firstCalls: ReadonlyMap<string, number>
  /** Calls that nobody answered: the process they went to had just been killed. */
  lost(): number
}

/** Stands before several processes as a load balancer does: each call goes to the next of them. */
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
