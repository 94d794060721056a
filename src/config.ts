import { readFileSync } from 'node:fs'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { findContradictions } from './contradictions.ts'
import { HippoError } from './errors.ts'

const text = (description: string, value?: string) =>
  Type.String({ description, minLength: 1, ...(value === undefined ? {} : { default: value }) })
const whole = (description: string, value: number, minimum = 0, maximum = 2 ** 31) =>
  Type.Integer({ description, default: value, minimum, maximum })
const number = (description: string, value: number, minimum = 0) =>
  Type.Number({ description, default: value, minimum })
const flag = (description: string, value: boolean) => Type.Boolean({ description, default: value })
const names = (description: string) =>
  Type.String({ description, pattern: '^\\s*[\\w.-]+(\\s*,\\s*[\\w.-]+)*\\s*$' })
const secret = (description: string) =>
  Type.String({
    description: `${description} NAME_FILE names a file that holds it.`,
    minLength: 16,
  })

/** Every setting, read from the environment once at start. docs and compose are checked against it. */
export const configSchema = Type.Object({
  HOST: text('Address the service listens on.', '127.0.0.1'),
  PORT: whole('Port the service listens on.', 8080, 0, 65535),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    description: 'How much is logged.',
    default: 'info',
  }),
  DATA_DIR: text('Folder of the job queue and the reports; must survive restarts.', './data'),
  DATABASE_URL: Type.Optional(
    Type.String({
      description:
        'PostgreSQL that holds the job queue, for several processes: postgresql://user:password@host:port/database. Without it the queue is a file in DATA_DIR. NAME_FILE names a file that holds it.',
      pattern: '^postgres(ql)?://',
    }),
  ),
  MODEL_MANIFEST: text("Path of the model's manifest; builtin is the one shipped.", 'builtin'),
  MODELS_DIR: Type.Optional(
    text(
      'Folder with more models to choose from (docs/models.md): manifests and their ONNX files.',
    ),
  ),
  API_TOKEN: secret("Bearer token of the REST API's admin, who may do everything."),
  OPERATOR_TOKEN: Type.Optional(
    secret('Bearer token of those who run and cancel jobs and read results.'),
  ),
  READER_TOKEN: Type.Optional(secret('Bearer token of those who read jobs, results and metrics.')),
  HOOK_TOKEN: secret("Bearer token of Orthanc's hook, valid for its endpoint only."),
  OIDC_ISSUER: Type.Optional(
    text('Issuer of OIDC access tokens, exactly as their claim iss says it (docs/security.md).'),
  ),
  OIDC_AUDIENCE: Type.Optional(text("The service's own name in their claim aud.")),
  OIDC_JWKS_URL: Type.Optional(text("Address of the issuer's keys (JWKS).")),
  OIDC_ROLES_CLAIM: text(
    'Claim that lists the roles, or the path to it, such as realm_access.roles.',
    'roles',
  ),
  OIDC_ROLE_PREFIX: text('What stands there before reader, operator or admin.', 'hippovolume-'),
  TLS_CERT_FILE: Type.Optional(
    text('PEM file of the certificate and its chain: the service speaks https.'),
  ),
  TLS_KEY_FILE: Type.Optional(text('PEM file of its private key.')),
  TRUST_PROXY: Type.Optional(
    text(
      'Addresses or networks of reverse proxies whose X-Forwarded-For and -Proto are believed, comma-separated; loopback is one.',
    ),
  ),
  RATE_LIMIT_PER_MINUTE: whole('Requests a caller may send in a minute; 0 without limit.', 6000),
  HOOK_RATE_LIMIT_PER_MINUTE: whole(
    "Announcements of Orthanc's hook in a minute; 0 without limit, as always when SWEEP_SECONDS is 0.",
    30_000,
  ),
  ORTHANC_URL: text('Base URL of Orthanc.', 'http://127.0.0.1:8042'),
  ORTHANC_USER: text('Account of the service in Orthanc.'),
  ORTHANC_PASSWORD: Type.String({
    description: 'Its password.',
    minLength: 1,
  }),
  ORTHANC_CA_FILE: Type.Optional(text("PEM file of the site's own certificate authority.")),
  DICOMWEB_ROOT: text('Path of DICOMweb in Orthanc.', '/dicom-web'),
  ARCHIVE_CONNECTIONS: whole('Connections kept open to Orthanc.', 8, 1, 64),
  ARCHIVE_TIMEOUT_MS: whole('Longest wait for an answer of Orthanc.', 30_000, 100),
  MAX_SERIES_BYTES: whole('Largest series pulled into memory, bytes.', 400_000_000, 1_000_000),
  SERIES_DESCRIPTION: text('SeriesDescription of the series to measure.', 'HippoCrop'),
  CONTRAST_ENHANCED: Type.Enum(['refuse', 'measure'], {
    default: 'refuse',
    description:
      'Whether a head after contrast agent is measured, with a warning, where a study has no other.',
  }),
  PREFERRED_SERIES: Type.Enum(['crop', 'head'], {
    description:
      'What is measured where a study has both a series of that description and a whole head.',
    default: 'crop',
  }),
  MAX_SLICE_SPACING_MM: number('Slices further apart are called thick.', 2.0),
  SERIES_RULES: text(
    "File of the site's own rules of series choice (docs/series-choice.md); builtin is the shipped ones.",
    'builtin',
  ),
  NORMS_FILE: text(
    "File of the site's own norms for percentiles (docs/norms.md); builtin is the shipped ones.",
    'builtin',
  ),
  ALARM_PERCENTILE: Type.Optional(
    Type.Number({
      description:
        "Percentile under which the page calls a volume small; without it the norms file's, which is 5 in the shipped one.",
      minimum: 0.5,
      maximum: 25,
    }),
  ),
  REPORT_PATIENT_IDENTITY: flag(
    'Draw patient name and id on the page (BurnedInAnnotation YES).',
    false,
  ),
  REPORT_REJECTED: flag(
    'Store a page that says why, where a chosen series turns out not to be measurable.',
    true,
  ),
  REPORT_PDF: flag('Store the page as an Encapsulated PDF with real text, too.', false),
  HISTORY: flag(
    'Compare with earlier studies of the same patient in the archive, and measure those that were not.',
    true,
  ),
  HISTORY_MAX_STUDIES: whole(
    'Earlier studies that are compared with, the newest ones.',
    10,
    1,
    100,
  ),
  FORWARD_MODALITIES: Type.Optional(
    names('Results go on to these DICOM modalities, by their names in Orthanc, comma-separated.'),
  ),
  FORWARD_PEERS: Type.Optional(
    names('Results go on to these Orthanc peers, by their names in Orthanc, comma-separated.'),
  ),
  FORWARD_MAX_ATTEMPTS: whole(
    'Attempts before a target that does not take a result is given up (300 last about a day).',
    300,
    1,
    100_000,
  ),
  WORKER_CONCURRENCY: whole('Jobs worked on at the same time.', 1, 1, 16),
  INFERENCE_THREADS: whole('Threads of the inference session.', 2, 1, 64),
  ANALYSIS_TIMEOUT_SECONDS: whole(
    'An analysis that takes longer is broken off and tried again.',
    600,
    10,
  ),
  LEASE_SECONDS: whole('A job whose process died is taken again after this time.', 20, 2, 3600),
  MAX_ATTEMPTS: whole('Attempts before a retryable failure is final.', 8, 1, 100),
  RETRY_BASE_SECONDS: number('First wait before another attempt; doubles each time.', 2),
  RETRY_MAX_SECONDS: number('Longest wait before another attempt.', 300),
  SWEEP_SECONDS: whole("Time between looks at Orthanc's changes for missed studies; 0 never.", 30),
  SWEEP_LOOKBACK_HOURS: whole('How far back the first sweep of a new installation looks.', 72),
  BACKFILL_AHEAD: whole(
    'Jobs of one backfill that wait or run at the same time, at most.',
    10,
    1,
    10_000,
  ),
  PSEUDONYM_SECRET: Type.Optional(
    secret(
      'Makes the codes of pseudonymous exports; keep it, or the same patient gets another code.',
    ),
  ),
  RETENTION_DAYS: whole(
    'Ended jobs and pages older than this are removed, but never the current result of a study; 0 keeps all.',
    365,
    0,
    36_500,
  ),
  MIN_FREE_DISK_MB: whole(
    'With less room left in DATA_DIR no job is begun and the service is not ready; 0 does not look.',
    500,
    0,
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    text('Base URL of a collector that takes traces by OTLP over HTTP; none are made without it.'),
  ),
  VIEWER_URL: Type.Optional(text('Base URL of OHIF for links, such as http://localhost:3000.')),
})

export type Config = Readonly<Static<typeof configSchema>>

function parseValue(raw: string, type: unknown): unknown {
  if (type === 'integer' || type === 'number') return raw.trim() === '' ? raw : Number(raw)
  if (type === 'boolean') return raw === 'true' ? true : raw === 'false' ? false : raw
  return raw
}

function readSecretFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new HippoError('CONFIG_INVALID', `${name}_FILE names ${path}, which cannot be read.`, {
      cause: error,
    })
  }
}

/**
 * Reads the environment into a frozen Config. `NAME_FILE` may name a file that holds the value.
 * Throws CONFIG_INVALID with one sentence that lists everything wrong at once.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, schema] of Object.entries(configSchema.properties)) {
    const file = environment[`${name}_FILE`]
    const raw = file ? readSecretFile(name, file) : environment[name]
    const { type, default: fallback } = schema as { type?: string; default?: unknown }
    const value = raw === undefined || raw === '' ? fallback : parseValue(raw, type)
    if (value !== undefined) values[name] = value
    if (value === undefined && configSchema.required.includes(name as never)) {
      problems.push(`${name} is not set`)
    } else if (value !== undefined && !Value.Check(schema, value)) {
      const wish = [...Value.Errors(schema, value)].map((error) => error.message).join(', ')
      problems.push(`${name} ${wish}`)
    }
  }
  problems.push(...findContradictions(values))
  if (problems.length > 0) {
    throw new HippoError(
      'CONFIG_INVALID',
      `The configuration is not usable: ${problems.join('; ')}.`,
    )
  }
  return Object.freeze(values) as Config
}

/** Names out of a comma-separated setting, each once. */
export function splitNames(setting: string | undefined): string[] {
  const names = (setting ?? '').split(',').map((name) => name.trim())
  return [...new Set(names.filter((name) => name !== ''))]
}
