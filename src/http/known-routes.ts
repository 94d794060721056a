import type { Access } from '../access/roles.ts'
import { accessOfConfig } from './access-of.ts'
import type { HttpApp } from './http-app.ts'

export interface KnownRoute {
  readonly path: RegExp
  readonly methods: readonly string[]
  readonly access: Access
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The routes at the address of a request, whatever their methods. */
    findRoutesAt(url: string): readonly KnownRoute[]
  }
}

function matchPath(url: string): RegExp {
  const pattern = url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+').replace('*', '.*')
  return new RegExp(`^${pattern}$`)
}

/** Learns the addresses of all routes that are registered after it. */
export function rememberRoutes(app: HttpApp): void {
  const routes: KnownRoute[] = []
  app.addHook('onRoute', ({ url, method, config }) => {
    routes.push({ path: matchPath(url), methods: [method].flat(), access: accessOfConfig(config) })
  })
  app.decorate('findRoutesAt', (url: string) => {
    const path = url.split('?')[0] ?? ''
    return routes.filter((route) => route.path.test(path))
  })
}
