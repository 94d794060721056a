import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'

/** Numbers in a query must be plain digits: "0x10" and "1.5" are not counts. */
const wholeNumber = /^-?\d+$/

function readQuery(schema: TSchema, query: unknown): unknown {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> }
  const texts = Object.entries(query as Record<string, unknown>)
  const values = texts.map(([name, text]) => {
    const { type } = properties[name] ?? {}
    if (type === 'array') return [name, [text].flat()]
    return [name, type === 'integer' && wholeNumber.test(String(text)) ? Number(text) : text]
  })
  return Value.Default(schema, Object.fromEntries(values))
}

/**
 * Checks a part of a request against its TypeBox schema. Bodies are not converted, filled with
 * defaults or stripped; query texts are converted to the numbers and lists of the schema.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema)
  return (given: unknown) => {
    const value = httpPart === 'querystring' ? readQuery(schema, given) : given
    return check.Check(value) ? { value } : { error: check.Errors(value).slice(0, 3) as never }
  }
}
