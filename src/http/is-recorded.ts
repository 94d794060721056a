import type { Access } from '../access/roles.ts'
import { accessOfConfig } from './access-of.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Reading this is recorded in the audit trail; routes tagged `results` and admin routes always
     * are.
     */
    recorded?: boolean
  }
}

interface RecordedRoute {
  readonly method: string | readonly string[]
  readonly config?: { readonly recorded?: boolean; readonly access?: Access } | undefined
  readonly schema?: unknown
}

/** Whether a method only reads. */
export const isRead = (method: string | readonly string[]) =>
  [method].flat().every((one) => ['GET', 'HEAD', 'OPTIONS'].includes(one))

/**
 * Whether the audit trail records the use of a route: all that change data, show results or need
 * admin.
 */
export function isRecorded({ method, config, schema }: RecordedRoute): boolean {
  if (!isRead(method)) return true
  const { tags = [] } = (schema ?? {}) as { tags?: readonly string[] }
  return config?.recorded ?? (tags.includes('results') || accessOfConfig(config) === 'admin')
}
