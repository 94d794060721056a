import { once } from 'node:events'
import { createServer } from 'node:net'

/** The given port if it is free, else one chosen by the system. */
export async function choosePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer().listen(port, '0.0.0.0')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    const { port: found } = server.address() as { port: number }
    server.close()
    await once(server, 'close')
    return found
  }
  throw new Error('No free port was found.')
}
