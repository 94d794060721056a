import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { HippoError, recordError } from '../errors.ts'
import { ProblemError, writeProblem } from './problem.ts'
import { securityHeaders } from './set-security-headers.ts'

/** Replacement for an address that cannot be decoded; no route has it. */
export const undecodableAddress = '/undecodable-address'

/**
 * The address for the router. One whose path cannot be decoded (RFC 3986, 2.1) would bypass all
 * hooks: it is replaced by an address without a route, so that identity, limits and headers apply
 * as everywhere.
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
 * Replies to an invalid HTTP request with a problem and the usual headers, and closes the
 * connection. Its content is not logged: it may contain anything.
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
