import type { Static } from 'typebox'
import type { BackfillService, BackfillStatus } from '../backfill/backfill-service.ts'
import { parseDay, type StudyQuery, toIsoDay } from '../backfill/study-query.ts'
import { HippoError } from '../errors.ts'
import {
  backfillBody,
  backfillListReply,
  backfillParams,
  backfillView,
  type studyQuery,
} from './backfill-schema.ts'
import type { HttpApp } from './http-app.ts'
import { problems } from './problem.ts'

const defaultRate = 30

function requireDay(name: string, text: string): string {
  const day = parseDay(text)
  if (day !== undefined) return day
  throw new HippoError('REQUEST_INVALID', `The date "${text}" of "${name}" is not a valid date.`)
}

/** The query of a request; throws REQUEST_INVALID for invalid days or an empty range. */
export function readStudyQuery(given: Static<typeof studyQuery>): StudyQuery {
  const from = given.from === undefined ? undefined : requireDay('from', given.from)
  const to = given.to === undefined ? undefined : requireDay('to', given.to)
  if (from !== undefined && to !== undefined && from > to) {
    throw new HippoError('REQUEST_INVALID', 'The first day is after the last day.')
  }
  const trim = (texts: readonly string[]) => [...new Set(texts.map((text) => text.trim()))]
  const { descriptions, patientIds } = given
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(descriptions && { descriptions: trim(descriptions) }),
    ...(patientIds && { patientIds: trim(patientIds) }),
  }
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString()

function viewBackfill(status: BackfillStatus): Static<typeof backfillView> {
  const { query, createdAt, finishedAt, total, secondsLeft, error, ...others } = status
  const { from, to, descriptions, patientIds } = query
  return {
    ...others,
    query: {
      ...(descriptions && { descriptions: [...descriptions] }),
      ...(patientIds && { patientCount: patientIds.length }),
      ...(from !== undefined && { from: toIsoDay(from) }),
      ...(to !== undefined && { to: toIsoDay(to) }),
    },
    createdAt: iso(createdAt),
    ...(finishedAt !== undefined && { finishedAt: iso(finishedAt) }),
    ...(total !== undefined && { total }),
    ...(secondsLeft !== undefined && { secondsLeft }),
    ...(error !== undefined && { error: error as never }),
  }
}

/** Starts, shows and controls backfills. */
export function addBackfillsRoutes(app: HttpApp, backfills: BackfillService): void {
  app.get(
    '/api/v1/backfills',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'listBackfills',
        tags: ['backfills'],
        summary: 'Backfills, newest first',
        response: { 200: backfillListReply, ...problems(401, 403, 500, 503) },
      },
    },
    async () => ({ backfills: (await backfills.list()).map(viewBackfill) }),
  )

  app.post(
    '/api/v1/backfills',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'createBackfill',
        tags: ['backfills'],
        summary: 'Analyses older studies of the archive, at lower priority than new ones',
        body: backfillBody,
        response: { 201: backfillView, ...problems(400, 401, 403, 413, 415, 500, 503) },
      },
    },
    async ({ body, principal }, reply) => {
      const status = await backfills.create({
        query: readStudyQuery(body.query),
        ratePerMinute: body.ratePerMinute ?? defaultRate,
        createdBy: principal.name,
      })
      return reply
        .code(201)
        .header('location', `/api/v1/backfills/${status.id}`)
        .send(viewBackfill(status))
    },
  )

  app.get(
    '/api/v1/backfills/:id',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'readBackfill',
        tags: ['backfills'],
        summary: 'One backfill, with its progress',
        params: backfillParams,
        response: { 200: backfillView, ...problems(400, 401, 403, 404, 500, 503) },
      },
    },
    async ({ params }) => viewBackfill(await backfills.find(params.id)),
  )

  for (const [action, summary] of [
    ['pause', 'Pauses it: no further jobs are stored until it is resumed'],
    ['resume', 'Resumes it'],
    ['cancel', 'Ends it and cancels its queued jobs'],
  ] as const) {
    app.post(
      `/api/v1/backfills/:id/${action}`,
      {
        config: { access: 'operator' },
        schema: {
          operationId: `${action}Backfill`,
          tags: ['backfills'],
          summary,
          params: backfillParams,
          response: {
            200: backfillView,
            ...problems(400, 401, 403, 404, 409, 413, 415, 500, 503),
          },
        },
      },
      async ({ params }) => viewBackfill(await backfills[action](params.id)),
    )
  }
}
