import type { HttpApp } from './http-app.ts'

/** Log lines of a request about one job carry the job's id, like those of the job itself. */
export function nameJobInLog(app: HttpApp): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.routeOptions.url?.startsWith('/api/v1/jobs/:id')) return
    const { id } = request.params as { id?: string }
    // An invalid id is rejected later and needs no log field.
    if (id === undefined || !/^[0-9A-Za-z-]{1,64}$/.test(id)) return
    const log = request.log.child({ jobId: id })
    request.log = log
    reply.log = log
  })
}
