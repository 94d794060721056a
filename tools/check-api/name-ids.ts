interface Parameter {
  readonly name: string
  readonly in: string
  schema?: unknown
}
interface Operation {
  readonly parameters?: Parameter[]
}
export interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>
}

/**
 * The document with only real identifiers in its addresses, so that the tests use existing jobs and
 * studies.
 */
export function nameIds(
  document: OpenApi,
  jobIds: readonly string[],
  studyIds: readonly string[],
): OpenApi {
  const copy = structuredClone(document)
  for (const [path, operations] of Object.entries(copy.paths)) {
    const known = path.startsWith('/api/v1/jobs/') ? jobIds : studyIds
    for (const { parameters = [] } of Object.values(operations)) {
      for (const parameter of parameters) {
        if (parameter.in !== 'path' || parameter.name !== 'id') continue
        parameter.schema = { type: 'string', enum: known }
      }
    }
  }
  return copy
}
