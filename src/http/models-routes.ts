import { Type } from 'typebox'
import { HippoError } from '../errors.ts'
import type { ModelService } from '../models/model-service.ts'
import type { HttpApp } from './http-app.ts'
import { problems } from './problem.ts'
import { errorRecord } from './schemas.ts'

const modelName = Type.Object({
  name: Type.String(),
  version: Type.String(),
  sha256: Type.String(),
})

const modelsReply = Type.Object(
  {
    active: Type.Optional(modelName),
    shadow: Type.Optional(modelName),
    installed: Type.Array(
      Type.Object({
        name: Type.String(),
        version: Type.String(),
        sha256: Type.String(),
        path: Type.String({
          description: "Path of the model's manifest on the service's machine.",
        }),
        origin: Type.Enum(['builtin', 'configured', 'site']),
        checked: Type.Boolean({ description: 'Whether it may be switched on.' }),
      }),
    ),
    unusable: Type.Array(Type.Object({ path: Type.String(), error: errorRecord })),
    changedAt: Type.Optional(Type.String({ format: 'date-time' })),
    changedBy: Type.Optional(Type.String()),
    problem: Type.Optional(errorRecord),
  },
  {
    title: 'Models',
    description:
      '`active` measures; absent while the analysis process comes back. `shadow` measures, too, and publishes nothing.',
  },
)

const wanted = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'builtin, a version, NAME@VERSION, or the beginning of a SHA-256.',
})
const activeBody = Type.Object({ version: wanted }, { additionalProperties: false })
const shadowBody = Type.Object(
  {
    version: Type.Union([wanted, Type.Null()], { description: 'null ends shadow mode.' }),
  },
  { additionalProperties: false },
)

const interval = Type.Unsafe<readonly [number, number]>(
  Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }),
)
const part = Type.Enum(['anterior', 'posterior', 'whole'])
const side = Type.Enum(['left', 'right', 'unknown'])

const comparisonReply = Type.Object(
  {
    active: modelName,
    shadow: modelName,
    from: Type.String({ format: 'date-time' }),
    to: Type.String({ format: 'date-time' }),
    studies: Type.Integer(),
    failed: Type.Array(Type.Object({ code: Type.String(), studies: Type.Integer() })),
    rows: Type.Array(
      Type.Object({
        kind: Type.Enum(['crop', 'head']),
        side,
        part,
        cases: Type.Integer(),
        meanActiveMm3: Type.Number(),
        meanDifferenceMm3: Type.Number({ description: 'The second model minus the active one.' }),
        meanDifferencePercent: Type.Number(),
        intervalMm3: Type.Optional(interval),
        limitsOfAgreementMm3: Type.Optional(interval),
        meanDice: Type.Number(),
        worstDice: Type.Number(),
      }),
    ),
    worst: Type.Array(
      Type.Object({
        jobId: Type.String(),
        orthancStudyId: Type.String(),
        side,
        activeMm3: Type.Number(),
        shadowMm3: Type.Number(),
        dice: Type.Number(),
      }),
      { description: 'Whole hippocampi on which the two agree least.' },
    ),
    milliseconds: Type.Object({
      activeMedian: Type.Number(),
      shadowMedian: Type.Number(),
      shadow95: Type.Number(),
    }),
  },
  { title: 'Comparison', description: 'Of the model in shadow mode with the active one.' },
)

/** Which models there are, which measures, and how a second one compares. */
export function addModelsRoutes(app: HttpApp, models: ModelService): void {
  app.get(
    '/api/v1/models',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'listModels',
        tags: ['models'],
        summary: 'The installed models, and which of them measures',
        response: { 200: modelsReply, ...problems(401, 403, 500, 503) },
      },
    },
    async () => (await models.view()) as never,
  )

  app.get(
    '/api/v1/models/comparison',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'compareModels',
        tags: ['models'],
        summary: 'How the model in shadow mode compares with the active one',
        response: { 200: comparisonReply, ...problems(401, 403, 404, 500, 503) },
      },
    },
    async () => {
      const table = await models.compare()
      if (table === undefined) {
        throw new HippoError('NOT_FOUND', 'No second model has measured a study yet.')
      }
      return table as never
    },
  )

  const changed = problems(400, 401, 403, 404, 409, 413, 415, 500, 503)
  app.post(
    '/api/v1/models/active',
    {
      config: { access: 'admin' },
      schema: {
        operationId: 'useModel',
        tags: ['models'],
        summary: 'Measures new jobs with another model',
        description:
          'Answers when it is loaded; jobs that run finish with the model they began with. A model of ' +
          "the site's own must have passed `hippovolume models check`. Where it cannot be loaded, the " +
          'one before measures on.',
        body: activeBody,
        response: { 200: modelsReply, ...changed },
      },
    },
    async ({ body, principal }) => (await models.use(body.version, principal.name)) as never,
  )

  app.post(
    '/api/v1/models/rollback',
    {
      config: { access: 'admin' },
      schema: {
        operationId: 'rollBackModel',
        tags: ['models'],
        summary: 'Goes back to the model before the last switch',
        response: { 200: modelsReply, ...changed },
      },
    },
    async ({ principal }) => (await models.rollBack(principal.name)) as never,
  )

  app.post(
    '/api/v1/models/shadow',
    {
      config: { access: 'admin' },
      schema: {
        operationId: 'shadowModel',
        tags: ['models'],
        summary: 'Lets a second model measure without publishing, or ends that',
        body: shadowBody,
        response: { 200: modelsReply, ...changed },
      },
    },
    async ({ body, principal }) =>
      (await models.shadow(body.version ?? undefined, principal.name)) as never,
  )
}
