import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/schema'

/** The deepest schema fault of a file's content; undefined if it is valid. */
export function findSchemaFault(schema: TSchema, content: unknown): string | undefined {
  if (Check(schema, content)) return undefined
  const [, problems] = Errors(schema, content)
  const deepest = problems.reduce((a, b) => (b.instancePath.length > a.instancePath.length ? b : a))
  return `${deepest.instancePath || 'the file'} ${deepest.message}`
}
