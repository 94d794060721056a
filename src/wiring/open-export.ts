import type { Readable } from 'node:stream'
import type { Archive } from '../archive/archive.ts'
import { HippoError } from '../errors.ts'
import type { JobStore } from '../queue/job-store.ts'
import { exportResults, type ResultsRequest } from '../research/export-results.ts'
import { createPseudonyms } from '../research/pseudonyms.ts'
import type { ResultRow } from '../research/result-row.ts'
import { writeCsv } from '../research/write-csv.ts'

/** The rows with the first already read, so that an immediate failure occurs before anything is sent. */
async function begin(rows: AsyncGenerator<ResultRow>): Promise<AsyncGenerator<ResultRow>> {
  const first = await rows.next()
  return (async function* () {
    try {
      if (!first.done) yield first.value
      yield* rows
    } finally {
      await rows.return(undefined)
    }
  })()
}

async function* mapRows(
  rows: AsyncIterable<ResultRow>,
  change: (row: ResultRow) => ResultRow,
): AsyncGenerator<ResultRow> {
  for await (const row of rows) yield change(row)
}

/**
 * Tables of results for the API; throws REQUEST_INVALID if pseudonyms are requested without a
 * secret.
 */
export function openExport(options: {
  readonly store: Pick<JobStore, 'list'>
  readonly archive: Archive
  readonly clock: () => number
  readonly pseudonymSecret: string | undefined
}) {
  const { store, archive, clock, pseudonymSecret } = options
  return async (
    request: ResultsRequest & { readonly pseudonymous: boolean },
    signal: AbortSignal,
  ): Promise<Readable> => {
    if (request.pseudonymous && pseudonymSecret === undefined) {
      throw new HippoError(
        'REQUEST_INVALID',
        'Pseudonyms need a secret, but PSEUDONYM_SECRET is not set.',
      )
    }
    const rows = await begin(exportResults(request, { jobs: store, archive, clock, signal }))
    const isPlain = !request.pseudonymous || pseudonymSecret === undefined
    return writeCsv(isPlain ? rows : mapRows(rows, createPseudonyms(pseudonymSecret)))
  }
}
