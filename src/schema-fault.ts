import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/schema'

/** What is wrong with a file's content after a schema, at the deepest place; undefined where it fits. */
export function findSchemaFault(schema: TSchema, content: unknown): string | undefined {
  if (Check(schema, content)) return undefined
  const [, problems] = Errors(schema, content)
  const deepest = problems.reduce((a, b) => (b.instancePath.length > a.instancePath.length ? b : a))
  return `${deepest.instancePath || 'the file'} ${deepest.message}`
}
