import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HippoError } from '../errors.ts'
import { callService, type ServiceAddress } from './service-client.ts'

/** The options of a query on the command line. */
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
  options: ServiceAddress &
    QueryOptions & {
      readonly backfill?: string
      readonly superseded?: boolean
      readonly pseudonymous?: boolean
    },
): Promise<number> {
  const { backfill, superseded = false, pseudonymous = false } = options
  const query = readQueryOptions(options)
  const body = { superseded, pseudonymous, ...(query && { query }), ...(backfill && { backfill }) }
  const answer = await callService(options, '/api/v1/results.csv', body)
  const part = `${file}.part`
  try {
    await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(part))
    await rename(part, file)
  } catch (cause) {
    await rm(part, { force: true })
    throw new HippoError(
      'UNEXPECTED',
      'The table could not be completed. The log of the service gives the reason.',
      { cause },
    )
  }
  return 0
}

/** Starts, lists or controls backfills of the running service; prints its reply as JSON. */
export async function steerBackfills(
  action: 'start' | 'list' | 'pause' | 'resume' | 'cancel',
  id: string | undefined,
  options: ServiceAddress & QueryOptions & { readonly rate?: number },
): Promise<number> {
  const path = '/api/v1/backfills'
  const start = () =>
    callService(options, path, {
      query: readQueryOptions(options) ?? {},
      ...(options.rate !== undefined && { ratePerMinute: options.rate }),
    })
  const steer = () => {
    if (id === undefined)
      throw new HippoError('REQUEST_INVALID', 'Give the identifier of the backfill.')
    return callService(options, `${path}/${encodeURIComponent(id)}/${action}`, {})
  }
  const answer = await (action === 'start'
    ? start()
    : action === 'list'
      ? callService(options, path)
      : steer())
  console.log(JSON.stringify(await answer.json(), null, 2))
  return 0
}
