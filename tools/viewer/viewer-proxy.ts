import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import httpProxy from '@fastify/http-proxy'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import { repositoryPath } from '../repository-path.ts'
import { decodeIncludeFields, dropLinearVoiLutFunction } from './dicomweb-fixes.ts'

export interface ViewerProxyOptions {
  /** Folder of the built viewer. */
  readonly viewerFolder: string
  /** Base URL of Orthanc and an account that may only read. */
  readonly orthancUrl: string
  readonly user: string
  readonly password: string
}

/**
 * Serves OHIF and DICOMweb from one origin, as browsers require. Only reading is allowed, with the
 * viewer's own account, whatever the browser sends.
 */
export async function buildViewerProxy(options: ViewerProxyOptions): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, forceCloseConnections: true })
  const credentials = Buffer.from(`${options.user}:${options.password}`).toString('base64')

  await app.register(httpProxy, {
    prefix: '/dicom-web',
    rewritePrefix: '/dicom-web',
    upstream: options.orthancUrl,
    httpMethods: ['GET', 'HEAD'],
    disableCache: true,
    undici: { connections: 16, pipelining: 1, bodyTimeout: 60_000, headersTimeout: 60_000 },
    replyOptions: {
      queryString: (_, url) =>
        decodeIncludeFields(url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''),
      rewriteRequestHeaders: (request, { 'accept-encoding': _, ...headers }) => ({
        ...headers,
        // Orthanc builds its links from the address that the browser used.
        host: request.headers.host ?? 'localhost',
        authorization: `Basic ${credentials}`,
      }),
      rewriteHeaders: ({ 'content-length': length, 'www-authenticate': _, ...headers }, request) =>
        isMetadata(request?.url) || length === undefined
          ? headers
          : { ...headers, 'content-length': length },
      onResponse: (request, reply, response) => {
        const { stream } = response as unknown as { stream: Readable }
        if (reply.statusCode !== 200 || !isMetadata(request.url)) return reply.send(stream)
        return text(stream).then(
          (metadata) => reply.send(dropLinearVoiLutFunction(metadata)),
          (error) => reply.send(error),
        )
      },
    },
  })

  app.get('/app-config.js', (_, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .send(createReadStream(repositoryPath('orthanc/viewer/app-config.js'))),
  )
  await app.register(fastifyStatic, {
    root: options.viewerFolder,
    wildcard: false,
    globIgnore: ['app-config.js'],
  })
  app.setNotFoundHandler((request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    // The viewer's own pages, such as /viewer, are rendered by its index.html.
    if (request.method === 'GET' && extname(pathname) === '') return reply.sendFile('index.html')
    return reply.code(404).type('text/plain').send('Not found')
  })
  return app
}

function isMetadata(url: string | undefined): boolean {
  return url !== undefined && /\/metadata(\?|$)/.test(url)
}
