import { HippoError } from '../errors.ts'
import type { ModelService } from '../models/model-service.ts'
import type { HttpApp } from './http-app.ts'
import { activeBody, comparisonReply, modelsReply, shadowBody } from './models-schema.ts'
import { problems } from './problem.ts'

/** Installed models, the active one, and the comparison with a second one. */
export function addModelsRoutes(app: HttpApp, models: ModelService): void {
  app.get(
    '/api/v1/models',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'listModels',
        tags: ['models'],
        summary: 'The installed models, and which one is active',
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
        summary: 'Switches the model for new jobs',
        description:
          'Responds when it is loaded; running jobs finish with the model they started with. A model of ' +
          "the site's own must have passed `hippovolume models check`. If it cannot be loaded, the " +
          'previous model stays active.',
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
        summary: 'Rolls back to the model before the last switch',
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
        summary:
          'Sets or clears the model in shadow mode, which measures without publishing results',
        body: shadowBody,
        response: { 200: modelsReply, ...changed },
      },
    },
    async ({ body, principal }) =>
      (await models.shadow(body.version ?? undefined, principal.name)) as never,
  )
}
