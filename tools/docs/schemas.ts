// Writes the JSON schemas of series rules and norms for editors, from the schemas in the code.
import { writeFileSync } from 'node:fs'
import { normsSchema } from '../../src/measurement/norms/norms.ts'
import { seriesRulesFile } from '../../src/selection/series-rules.ts'

/** Paths in the repository, each with the schema it holds. */
export const schemaFiles = {
  'src/selection/series-rules.schema.json': seriesRulesFile,
  'src/measurement/norms/norms.schema.json': normsSchema,
}

/** A schema as JSON: definitions are at its root, where every editor finds them. */
export function formatSchema(schema: object): string {
  const definitions: Record<string, unknown> = {}
  const plain = JSON.parse(JSON.stringify(schema), (key, value) => {
    if (key === '$ref') return `#/$defs/${value}`
    if (typeof value !== 'object' || value === null || !('$defs' in value)) return value
    const { $defs, ...others } = value
    for (const [name, { $id, ...definition }] of Object.entries<Record<string, unknown>>($defs)) {
      definitions[name] = definition
    }
    return others
  })
  const $defs = Object.keys(definitions).length > 0 ? { $defs: definitions } : {}
  const $schema = 'https://json-schema.org/draft/2020-12/schema'
  return `${JSON.stringify({ $schema, ...plain, ...$defs }, undefined, 2)}\n`
}

if (import.meta.main) {
  for (const [path, schema] of Object.entries(schemaFiles)) {
    writeFileSync(new URL(`../../${path}`, import.meta.url), formatSchema(schema))
  }
}
