import { mayUse } from '../access/roles.ts'
import { HippoError } from '../errors.ts'
import { accessOf } from './access-of.ts'
import type { HttpApp } from './http-app.ts'

/** Rejects requests whose caller lacks the role that the route requires. */
export function authorizeRequests(app: HttpApp): void {
  app.addHook('onRequest', async (request) => {
    const access = accessOf(request)
    if (access === 'open' || mayUse(request.principal.role, access)) return
    throw new HippoError('FORBIDDEN', 'The token is not valid for this address.')
  })
}
