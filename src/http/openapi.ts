import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { Type } from 'typebox'
import type { HttpApp } from './http-app.ts'
import { problems } from './problem.ts'

/**
 * The plugin's own policy redirects browsers to https, which a service without TLS does not
 * support, and allows foreign hosts; the viewer needs inline styles.
 */
const pagePolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Collects the routes that are registered after it into an OpenAPI document, and shows it as JSON
 * and as a page. The browser asks for a password for the page: any user name, with the API token as
 * password.
 */
export async function describeApi(app: HttpApp, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'HippoVolume',
        version,
        description: 'Hippocampal volumetry for a PACS. Research use only, not for diagnosis.',
      },
      components: {
        securitySchemes: {
          bearerToken: {
            type: 'http',
            scheme: 'bearer',
            description: 'API_TOKEN, OPERATOR_TOKEN, READER_TOKEN or an OIDC access token',
          },
          hookToken: { type: 'http', scheme: 'bearer', description: 'HOOK_TOKEN' },
        },
      },
      security: [{ bearerToken: [] }],
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject
      // The plugin marks every body as required; this one is optional.
      const body = document.openapiObject.paths?.['/api/v1/studies/{id}/runs']?.post?.requestBody
      if (body && 'required' in body) body.required = false
      return document.openapiObject
    },
  })

  app.get(
    '/api/v1/openapi.json',
    {
      config: { access: 'reader' },
      schema: {
        operationId: 'readOpenApi',
        tags: ['docs'],
        summary: 'This document',
        response: {
          200: Type.Object({}, { additionalProperties: true }),
          ...problems(401, 403, 500),
        },
      },
    },
    async () => app.swagger(),
  )

  await app.register(async (page) => {
    page.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'docs' }
    })
    await page.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: pagePolicy,
      uiConfig: { docExpansion: 'list', layout: 'BaseLayout' },
    })
  })
}
