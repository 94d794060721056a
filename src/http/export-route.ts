import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { type Static, Type } from 'typebox'
import type { BackfillService } from '../backfill/backfill-service.ts'
import { HippoError } from '../errors.ts'
import type { ResultsRequest } from '../research/export-results.ts'
import { studyQuery } from './backfill-schema.ts'
import { readStudyQuery } from './backfills-routes.ts'
import type { HttpApp } from './http-app.ts'
import { problems } from './problem.ts'
import { orthancIdPattern, uidPattern } from './schemas.ts'

/** Results as a table; `signal` aborts it. Throws before the first row if queue or archive fail. */
export type ExportCsv = (
  request: ResultsRequest & { readonly pseudonymous: boolean },
  signal: AbortSignal,
) => Promise<Readable>

const study = Type.String({ pattern: `^(${orthancIdPattern}|${uidPattern})$`, maxLength: 64 })
const state = Type.Enum(['succeeded', 'rejected', 'failed', 'unchanged', 'cancelled'])
const backfill = Type.String({
  pattern: '^[0-9A-Za-z-]{1,64}$',
  description: 'All studies that match the query of this backfill.',
})
const states = (description = 'Default: succeeded, rejected, failed.') =>
  Type.Array(state, { minItems: 1, maxItems: 5, description })
const words = {
  superseded: 'Also results that a newer one has replaced.',
  pseudonymous: 'Replaces identifying values with codes; needs PSEUDONYM_SECRET.',
}
const flag = (description: string) => Type.Enum(['true', 'false'], { description })

const exportQuery = Type.Object(
  {
    study: Type.Optional(
      Type.Array(study, {
        maxItems: 100,
        description: 'Orthanc identifiers or StudyInstanceUIDs.',
      }),
    ),
    backfill: Type.Optional(backfill),
    state: Type.Optional(states()),
    superseded: Type.Optional(flag(words.superseded)),
    pseudonymous: Type.Optional(flag(words.pseudonymous)),
  },
  { additionalProperties: false },
)

const exportBody = Type.Object(
  {
    studies: Type.Optional(Type.Array(study, { minItems: 1, maxItems: 1000 })),
    query: Type.Optional(studyQuery),
    backfill: Type.Optional(backfill),
    states: Type.Optional(states()),
    superseded: Type.Optional(Type.Boolean({ description: words.superseded })),
    pseudonymous: Type.Optional(Type.Boolean({ description: words.pseudonymous })),
  },
  { additionalProperties: false },
)

const description =
  'One row per result, with its study, person, volumes, percentiles and versions; for studies that ' +
  'could not be measured, one row with the error. `query` and `backfill` search the archive and return ' +
  'every study that matches, with the state `none` if it was never analysed. If a table cannot be ' +
  'finished, the connection is aborted.'

const response = {
  200: {
    description: 'CSV (RFC 4180), with a header',
    content: { 'text/csv': { schema: Type.Unsafe<Readable>({ type: 'string' }) } },
  },
}

/** Results of any set of studies as a table for research. */
export function addExportRoute(
  app: HttpApp,
  exportCsv: ExportCsv,
  backfills: Pick<BackfillService, 'find'>,
): void {
  async function send(given: Static<typeof exportBody>, reply: FastifyReply) {
    if ([given.studies, given.query, given.backfill].filter(Boolean).length > 1) {
      throw new HippoError('REQUEST_INVALID', 'Give exactly one of studies, query and backfill.')
    }
    const query = given.backfill
      ? (await backfills.find(given.backfill)).query
      : given.query && readStudyQuery(given.query)
    const gone = new AbortController()
    reply.raw.on('close', () => gone.abort(new Error('the client closed the connection')))
    const table = await exportCsv(
      {
        query,
        studies: given.studies,
        states: given.states ?? ['succeeded', 'rejected', 'failed'],
        superseded: given.superseded ?? false,
        pseudonymous: given.pseudonymous ?? false,
      },
      gone.signal,
    )
    return reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', 'attachment; filename="results.csv"')
      .send(table)
  }

  app.get(
    '/api/v1/results.csv',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'exportResults',
        tags: ['results'],
        summary: 'Results as a table for research',
        description,
        querystring: exportQuery,
        response: { ...response, ...problems(400, 401, 403, 404, 500, 502, 503, 504) },
      },
    },
    async ({ query }, reply) => {
      const { study: studies, state: wanted, superseded, pseudonymous } = query
      return send(
        {
          ...(studies && { studies }),
          ...(query.backfill && { backfill: query.backfill }),
          ...(wanted && { states: wanted }),
          superseded: superseded === 'true',
          pseudonymous: pseudonymous === 'true',
        },
        reply,
      )
    },
  )

  app.post(
    '/api/v1/results.csv',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'exportNamedResults',
        tags: ['results'],
        summary: 'The same for a query or many studies; patient IDs stay out of addresses and logs',
        description,
        body: exportBody,
        response: { ...response, ...problems(400, 401, 403, 404, 413, 415, 500, 502, 503, 504) },
      },
    },
    async ({ body }, reply) => send(body, reply),
  )
}
