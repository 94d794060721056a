import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/**
 * A proxy between Orthanc's hook and the service that loses calls: some before they reach the
 * service, some responses on their way back.
 */
export async function startDroppingProxy(
  target: string,
  port: number,
  random: () => number,
): Promise<{ server: Server; dropped(): number; passed(): number }> {
  let dropped = 0
  let passed = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const fate = random()
    if (fate < 0.3) {
      dropped += 1
      request.socket.destroy()
      return
    }
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'POST',
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': 'application/json',
      },
      body: Buffer.concat(chunks),
    }).catch(() => undefined)
    if (answer === undefined || fate < 0.4) {
      dropped += 1
      request.socket.destroy()
      return
    }
    passed += 1
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(await answer.text())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { server, dropped: () => dropped, passed: () => passed }
}
