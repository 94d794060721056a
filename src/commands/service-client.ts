import { readFileSync } from 'node:fs'
import { HippoError } from '../errors.ts'

/** The base URL of the running service: given, or from HOST and PORT of the environment. */
export interface ServiceAddress {
  readonly url?: string | undefined
}

const tokenNames = ['API_TOKEN', 'OPERATOR_TOKEN'] as const

/** API_TOKEN, else OPERATOR_TOKEN, each directly or from the file named by NAME_FILE. */
function readToken(environment: NodeJS.ProcessEnv): string {
  for (const name of tokenNames) {
    const path = environment[`${name}_FILE`]
    if (path) {
      try {
        return readFileSync(path, 'utf8').trim()
      } catch (cause) {
        const message = `${name}_FILE names ${path}, which cannot be read.`
        throw new HippoError('CONFIG_INVALID', message, { cause })
      }
    }
    const token = environment[name]
    if (token) return token
  }
  throw new HippoError(
    'CONFIG_INVALID',
    'Set API_TOKEN or OPERATOR_TOKEN, or API_TOKEN_FILE or OPERATOR_TOKEN_FILE.',
  )
}

function findAddress({ HOST = '127.0.0.1', PORT = '8080' }: NodeJS.ProcessEnv): string {
  const host = HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`
}

const codeOfStatus = (status: number) =>
  status === 400 ? 'REQUEST_INVALID' : status === 404 ? 'NOT_FOUND' : 'UNEXPECTED'

/**
 * Calls the running service: POST with a body, else GET. Throws QUEUE_UNAVAILABLE if nothing
 * responds, and the service's own error if it rejects the request.
 */
export async function callService(
  { url }: ServiceAddress,
  path: string,
  body?: object,
): Promise<Response> {
  const base = (url ?? findAddress(process.env)).replace(/\/+$/, '')
  const headers = { authorization: `Bearer ${readToken(process.env)}` }
  const request =
    body === undefined
      ? { headers }
      : {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }
  const reply = await fetch(`${base}${path}`, request).catch((cause: unknown) => {
    const message = `No service responds at ${base}. Give its address with --url.`
    throw new HippoError('QUEUE_UNAVAILABLE', message, { cause })
  })
  if (reply.ok) return reply
  const { detail } = (await reply.json().catch(() => ({}))) as { detail?: string }
  const why = detail ?? `The service replied with status ${reply.status}.`
  throw new HippoError(codeOfStatus(reply.status), why)
}
