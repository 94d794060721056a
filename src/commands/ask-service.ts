import { readFileSync } from 'node:fs'
import { HippoError } from '../errors.ts'

/** The running service: where it listens, and the admin's token, from the environment. */
export interface ServiceAddress {
  readonly url?: string | undefined
}

function readToken(environment: NodeJS.ProcessEnv): string {
  const { API_TOKEN, API_TOKEN_FILE } = environment
  if (API_TOKEN_FILE) {
    try {
      return readFileSync(API_TOKEN_FILE, 'utf8').trim()
    } catch (cause) {
      throw new HippoError(
        'CONFIG_INVALID',
        `API_TOKEN_FILE names ${API_TOKEN_FILE}, which cannot be read.`,
        { cause },
      )
    }
  }
  if (API_TOKEN) return API_TOKEN
  throw new HippoError('CONFIG_INVALID', 'API_TOKEN or API_TOKEN_FILE must be set.')
}

function findAddress({ HOST = '127.0.0.1', PORT = '8080' }: NodeJS.ProcessEnv): string {
  const host = HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`
}

/**
 * Asks the service and returns its JSON. Throws the service's own sentence where it refuses, and
 * CONFIG_INVALID where it cannot be reached.
 */
export async function askService<Answer>(
  { url }: ServiceAddress,
  path: string,
  body?: object,
): Promise<Answer> {
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
  const answer = await fetch(`${base}${path}`, request).catch((cause: unknown) => {
    throw new HippoError(
      'CONFIG_INVALID',
      `No service responds at ${base}. Give its address with --url.`,
      {
        cause,
      },
    )
  })
  const content = (await answer.json().catch(() => ({}))) as Answer & { detail?: string }
  if (answer.ok) return content
  const why = content.detail ?? `It answered ${answer.status}.`
  throw new HippoError(answer.status === 404 ? 'NOT_FOUND' : 'UNEXPECTED', why)
}
