import { type AddressInfo, createServer, type Socket } from 'node:net'
import { frameMessage, unframeMessage } from '../../src/hl7/mllp-frame.ts'

/** Code of an acknowledgement and its text; undefined gives none and closes the connection. */
type Reply = { code: string; text?: string; error?: string } | undefined

/**
 * An HL7 receiver as hospitals have them: a message whose control identifier (MSH-10) it has taken is
 * acknowledged again and not filed twice.
 */
export async function startMllpListener() {
  const filed = new Map<string, string>()
  let arrivals = 0
  let reply: (message: string) => Promise<Reply> | Reply = () => ({ code: 'AA' })
  const sockets = new Set<Socket>()

  async function take(message: string, socket: Socket) {
    arrivals += 1
    const id = message.split('|')[9] ?? ''
    const said = await reply(message)
    if (said === undefined) return socket.destroy()
    if (said.code === 'AA' || said.code === 'CA') filed.set(id, filed.get(id) ?? message)
    const header = ['MSH', '^~\\&', 'HIS', '', 'HIPPOVOLUME', '', '20260101', '', 'ACK^R01', 'X1']
    const lines = [
      [...header, 'P', '2.5.1'].join('|'),
      `MSA|${said.code}|${id}|${said.text ?? ''}`,
      ...(said.error === undefined
        ? []
        : [`ERR||PID^1|204^Unknown key^HL70357|E||||${said.error}`]),
    ]
    socket.end(frameMessage(`${lines.join('\r')}\r`))
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    let received = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk as Buffer])
      const message = unframeMessage(received)
      if (message === undefined) return
      received = Buffer.alloc(0)
      void take(message, socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `mllp://127.0.0.1:${port}`,
    /** Messages that were filed, by MSH-10. */
    filed,
    /** How often one came, the same one again included. */
    countArrivals: () => arrivals,
    /** What is answered from now on. */
    reply(next: typeof reply) {
      reply = next
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
