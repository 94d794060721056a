import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HippoError } from '../errors.ts'

export interface ServiceOptions {
  /** Base URL of the running service. */
  readonly url: string
}

interface Problem {
  readonly detail?: string
  readonly code?: string
}

/** Calls the running service with the token in API_TOKEN (or OPERATOR_TOKEN). Throws its problem as a sentence. */
async function call(url: string, path: string, body?: object): Promise<Response> {
  const token = process.env.API_TOKEN || process.env.OPERATOR_TOKEN
  if (!token) throw new HippoError('CONFIG_INVALID', 'API_TOKEN or OPERATOR_TOKEN has to be set.')
  const answer = await fetch(new URL(path, url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new HippoError('QUEUE_UNAVAILABLE', `No service responds at ${url}.`, { cause })
  })
  if (answer.ok) return answer
  const { detail } = (await answer.json().catch(() => ({}))) as Problem
  throw new HippoError(
    answer.status === 400 ? 'REQUEST_INVALID' : 'UNEXPECTED',
    detail ?? `The service answered with status ${answer.status}.`,
  )
}

/** The words of a query as the command line has them. */
export interface QueryOptions {
  readonly from?: string
  readonly to?: string
  readonly description?: string[]
  readonly patient?: string[]
}

/** The query of the options; undefined where none is given. */
export function readQueryOptions({ from, to, description, patient }: QueryOptions) {
  const query = {
    ...(from && { from }),
    ...(to && { to }),
    ...(description && { descriptions: description }),
    ...(patient && { patientIds: patient }),
  }
  return Object.keys(query).length === 0 ? undefined : query
}

/** Writes the table of results into a file, whole or not at all. */
export async function exportTable(
  file: string,
  options: ServiceOptions &
    QueryOptions & {
      readonly backfill?: string
      readonly superseded?: boolean
      readonly pseudonymous?: boolean
    },
): Promise<number> {
  const { url, backfill, superseded = false, pseudonymous = false } = options
  const query = readQueryOptions(options)
  const body = { superseded, pseudonymous, ...(query && { query }), ...(backfill && { backfill }) }
  const answer = await call(url, '/api/v1/results.csv', body)
  const part = `${file}.part`
  try {
    await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(part))
    await rename(part, file)
  } catch (cause) {
    await rm(part, { force: true })
    throw new HippoError(
      'UNEXPECTED',
      'The table could not be finished. The log of the service says why.',
      { cause },
    )
  }
  return 0
}

/** Starts, lists or steers backfills of the running service; prints what it answers as JSON. */
export async function steerBackfills(
  action: 'start' | 'list' | 'pause' | 'resume' | 'cancel',
  id: string | undefined,
  options: ServiceOptions & QueryOptions & { readonly rate?: number },
): Promise<number> {
  const path = '/api/v1/backfills'
  const start = () =>
    call(options.url, path, {
      query: readQueryOptions(options) ?? {},
      ...(options.rate !== undefined && { ratePerMinute: options.rate }),
    })
  const steer = () => {
    if (id === undefined) throw new HippoError('REQUEST_INVALID', `Which backfill? Name its id.`)
    return call(options.url, `${path}/${encodeURIComponent(id)}/${action}`, {})
  }
  const answer = await (action === 'start'
    ? start()
    : action === 'list'
      ? call(options.url, path)
      : steer())
  console.log(JSON.stringify(await answer.json(), null, 2))
  return 0
}
