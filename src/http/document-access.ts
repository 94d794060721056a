import { accessOfConfig } from './access-of.ts'
import type { HttpApp } from './http-app.ts'
import { isRecorded } from './is-recorded.ts'
import { problems } from './problem.ts'

/** Which of the document's security schemes opens a route. */
function nameSecurity(access: string) {
  if (access === 'open') return []
  return access === 'hook' ? [{ hookToken: [] }] : [{ bearerToken: [] }]
}

/**
 * Says in each route's schema what follows from its access: the token it takes, the role it needs
 * (`x-role`), whether the audit trail tells of it (`x-recorded`) and how it refuses others. Called before routes are registered and described.
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
