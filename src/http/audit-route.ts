import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { AuditTrail } from '../audit/audit-entry.ts'
import type { HttpApp } from './http-app.ts'
import { problems } from './problem.ts'

/** The whole audit trail of this process's DATA_DIR, for `hippovolume audit verify` and for archives. */
export function addAuditRoute(app: HttpApp, trail: AuditTrail): void {
  app.get(
    '/api/v1/audit',
    {
      config: { access: 'admin' },
      schema: {
        operationId: 'exportAudit',
        tags: ['audit'],
        summary: 'The audit trail as JSON lines',
        description:
          'Each line ends with its own hash, which the next line repeats. ' +
          '`hippovolume audit verify FILE` checks them.',
        response: {
          200: {
            description: 'JSON lines',
            content: { 'application/x-ndjson': { schema: Type.String() } },
          },
          ...problems(401, 403, 500),
        },
      },
    },
    async ({ log }, reply) => {
      const lines = async function* () {
        let last = ''
        for await (const line of trail.read()) {
          yield `${line}\n`
          last = line
        }
        // With a copy of the log elsewhere, this proves the end of the export.
        log.info({ audit: { hash: last.slice(-66, -2) } }, 'The audit trail was exported.')
      }
      return reply.type('application/x-ndjson').send(Readable.from(lines()) as never)
    },
  )
}
