import { accessOfConfig } from './access-of.ts'
import type { HttpApp } from './http-app.ts'
import { isRecorded } from './is-recorded.ts'
import { problems } from './problem.ts'

/** The document's security schemes that give access to a route. */
function nameSecurity(access: string) {
  if (access === 'open') return []
  return access === 'hook' ? [{ hookToken: [] }] : [{ bearerToken: [] }]
}

/**
 * Documents each route's access in its schema: the tokens it accepts, the role it needs (`x-role`),
 * whether it is recorded in the audit trail (`x-recorded`) and its refusals. Call before routes are
 * registered and described.
 */
export function documentAccess(app: HttpApp): void {
  app.addHook('onRoute', (route) => {
    const { schema, config } = route
    if (schema === undefined || schema.hide === true) return
    const access = accessOfConfig(config)
    const isLimited = !route.url.startsWith('/health/')
    const refusals = [...(access === 'open' ? [] : [401, 403, 503]), ...(isLimited ? [429] : [])]
    schema.security = nameSecurity(access)
    const { method } = route
    Object.assign(schema, {
      'x-role': access,
      'x-recorded': isRecorded({ method, config, schema }),
    })
    schema.response = { ...problems(...refusals), ...(schema.response as object) }
  })
}
