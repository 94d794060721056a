// Writes the table of roles into docs/roles.md from the routes' configuration.
import { readFileSync, writeFileSync } from 'node:fs'
import { type Access, mayUse, roles } from '../../src/access/roles.ts'
import type { HttpApp } from '../../src/http/http-app.ts'

const page = new URL('../../docs/roles.md', import.meta.url)
const marks = /(<!-- roles:begin[^>]*-->\n)[\s\S]*?(<!-- roles:end -->)/

export interface Operation {
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly access: Access
  /** Whether the audit trail records its use. */
  readonly isRecorded: boolean
}

interface Described {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly 'x-role'?: Access
  readonly 'x-recorded'?: boolean
}

/** Facts about each operation from the app's OpenAPI document. */
export async function listOperations(app: HttpApp): Promise<Operation[]> {
  await app.ready()
  const { paths = {} } = app.swagger() as { paths?: Record<string, Record<string, Described>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      summary: operation.summary ?? '',
      access: operation['x-role'] ?? 'admin',
      isRecorded: operation['x-recorded'] === true,
    })),
  )
}

const callers = ['nobody', ...roles] as const

function formatRow({ method, path, summary, access, isRecorded }: Operation): string {
  const cells = callers.map((caller) => {
    const mayEnter = caller === 'nobody' ? access === 'open' : mayUse(caller, access)
    return mayEnter ? 'yes' : ''
  })
  return `| \`${method} ${path}\` | ${summary} | ${cells.join(' | ')} | ${isRecorded ? 'yes' : ''} |`
}

/** One row per operation, in the order of their addresses. */
export function formatRolesTable(operations: readonly Operation[]): string {
  const sorted = [...operations].sort(
    (a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method),
  )
  return [
    `| Request | What it does | ${callers.join(' | ')} | in the audit trail |`,
    `|---|---|${callers.map(() => '---|').join('')}---|`,
    ...sorted.map(formatRow),
  ].join('\n')
}

/** The page with that table in it. */
export function updateRoles(text: string, table: string): string {
  return text.replace(marks, `$1\n${table}\n\n$2`)
}

if (import.meta.main) {
  const { createTestApp } = await import('../../test/http/test-app.ts')
  const { app, close } = await createTestApp()
  const table = formatRolesTable(await listOperations(app))
  writeFileSync(page, updateRoles(readFileSync(page, 'utf8'), table))
  await close()
}
