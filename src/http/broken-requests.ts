import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { HippoError, recordError } from '../errors.ts'
import { ProblemError, writeProblem } from './problem.ts'
import { securityHeaders } from './set-security-headers.ts'

/** Where an address that cannot be decoded is sent: no route is there. */
export const undecodableAddress = '/undecodable-address'

/**
 * The address as the router can take it. One whose path cannot be decoded (RFC 3986, 2.1) would pass by
 * all hooks: instead it becomes an address that leads nowhere, with identity, limits and headers as everywhere.
 */
export function routableUrl(url: string): string {
  const [path = ''] = url.split(/[?#]/, 1)
  try {
    decodeURI(path)
    return url
  } catch {
    return undecodableAddress
  }
}

/** Statuses of requests that Node's parser itself rejects (https://nodejs.org/api/http.html#event-clienterror). */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * Returns what is no HTTP request at all with a problem and the headers of all answers, and closes the
 * connection. Nothing of it is logged: it may hold anything.
 */
export function answerBrokenRequest({ code }: { code?: string | undefined }, socket: Duplex): void {
  if (socket.destroyed || code === 'ECONNRESET') return
  if (socket.writable) {
    const status = statuses[code ?? ''] ?? 400
    const record = recordError(new HippoError('REQUEST_INVALID', 'This is not an HTTP request.'))
    const body = writeProblem(new ProblemError(status, record), 'unread')
    const headers = {
      ...securityHeaders,
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    const first = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`
    socket.write([first, ...lines, '', body].join('\r\n'))
  }
  socket.destroy()
}
