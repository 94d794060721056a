import { readFileSync } from 'node:fs'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { findContradictions } from './contradictions.ts'
import { HippoError } from './errors.ts'
import { impressionLanguages } from './impression/templates.ts'

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

/** Every setting, read from the environment once at start. Tests compare docs and compose file with it. */
export const configSchema = Type.Object({
  HOST: text('Address the service listens on.', '127.0.0.1'),
  PORT: whole('Port the service listens on.', 8080, 0, 65535),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    description: 'Minimum level of log messages.',
    default: 'info',
  }),
  DATA_DIR: text('Folder of the job queue and the report pages; must survive restarts.', './data'),
  DATABASE_URL: Type.Optional(
    Type.String({
      description:
        'PostgreSQL database of the job queue, for several processes: postgresql://user:password@host:port/database. Without it, the queue is a file in DATA_DIR. NAME_FILE names a file that holds it.',
      pattern: '^postgres(ql)?://',
    }),
  ),
  MODEL_MANIFEST: text("Path of the model's manifest; builtin is the shipped model.", 'builtin'),
  MODELS_DIR: Type.Optional(
    text('Folder with additional models (docs/models.md): manifests and their ONNX files.'),
  ),
  API_TOKEN: secret('Bearer token of the role admin, which has every permission.'),
  OPERATOR_TOKEN: Type.Optional(
    secret('Bearer token of the role operator: runs and cancels jobs, reads results.'),
  ),
  READER_TOKEN: Type.Optional(
    secret('Bearer token of the role reader: reads jobs, results and metrics.'),
  ),
  HOOK_TOKEN: secret("Bearer token of Orthanc's hook, valid only for the hook's endpoint."),
  OIDC_ISSUER: Type.Optional(
    text('Issuer of OIDC access tokens, exactly as in their claim iss (docs/security.md).'),
  ),
  OIDC_AUDIENCE: Type.Optional(text('Name of this service in their claim aud.')),
  OIDC_JWKS_URL: Type.Optional(text("URL of the issuer's keys (JWKS).")),
  OIDC_ROLES_CLAIM: text(
    'Claim that lists the roles, or a path to it such as realm_access.roles.',
    'roles',
  ),
  OIDC_ROLE_PREFIX: text('Prefix of reader, operator and admin in that claim.', 'hippovolume-'),
  TLS_CERT_FILE: Type.Optional(
    text('PEM file of the certificate and its chain; the service then serves HTTPS.'),
  ),
  TLS_KEY_FILE: Type.Optional(text('PEM file of its private key.')),
  TRUST_PROXY: Type.Optional(
    text(
      'Trusted reverse proxies, whose X-Forwarded-For and -Proto are used: addresses or networks, comma-separated; loopback is a valid name.',
    ),
  ),
  RATE_LIMIT_PER_MINUTE: whole('Requests per caller and minute; 0 means no limit.', 6000),
  HOOK_RATE_LIMIT_PER_MINUTE: whole(
    "Calls of Orthanc's hook per minute; 0 means no limit. There is none when SWEEP_SECONDS is 0.",
    30_000,
  ),
  ORTHANC_URL: text('Base URL of Orthanc.', 'http://127.0.0.1:8042'),
  ORTHANC_USER: text('Account of the service in Orthanc.'),
  ORTHANC_PASSWORD: Type.String({
    description: 'Its password.',
    minLength: 1,
  }),
  ORTHANC_CA_FILE: Type.Optional(
    text("PEM file of the certificate authority that signed Orthanc's certificate."),
  ),
  DICOMWEB_ROOT: text('Path of DICOMweb in Orthanc.', '/dicom-web'),
  ARCHIVE_CONNECTIONS: whole('Maximum number of connections to Orthanc.', 8, 1, 64),
  ARCHIVE_TIMEOUT_MS: whole('Timeout of a request to Orthanc, milliseconds.', 30_000, 100),
  MAX_SERIES_BYTES: whole('Maximum size of a series to fetch, bytes.', 400_000_000, 1_000_000),
  SERIES_DESCRIPTION: text(
    'SeriesDescription of cropped series that show one hippocampus.',
    'HippoCrop',
  ),
  CONTRAST_ENHANCED: Type.Enum(['refuse', 'measure'], {
    default: 'refuse',
    description:
      'Whether a head after contrast agent is measured, with a warning, when a study has no other.',
  }),
  PREFERRED_SERIES: Type.Enum(['crop', 'head'], {
    description: 'What to measure when a study has both a cropped series and a whole head.',
    default: 'crop',
  }),
  MAX_SLICE_SPACING_MM: number('Maximum slice spacing; thicker series are rejected.', 2.0),
  SERIES_RULES: text(
    "File with the site's own series rules (docs/series-choice.md); builtin is the shipped set.",
    'builtin',
  ),
  NORMS_FILE: text(
    "File with the site's own norms for percentiles (docs/norms.md); builtin is the shipped set.",
    'builtin',
  ),
  ALARM_PERCENTILE: Type.Optional(
    Type.Number({
      description:
        'Percentile below which the page calls a volume small; defaults to the value of the norms file (5 in the shipped one).',
      minimum: 0.5,
      maximum: 25,
    }),
  ),
  REPORT_PATIENT_IDENTITY: flag(
    'Draw patient name and id on the page (BurnedInAnnotation YES).',
    false,
  ),
  REPORT_STUDY_IDENTITY: flag(
    'Draw accession number, study date and description on the page (BurnedInAnnotation YES).',
    true,
  ),
  SITE_TIME_ZONE: Type.Optional(
    text(
      "The site's time zone, such as Europe/Berlin, for times on pages and in results; defaults to TZ, then UTC.",
    ),
  ),
  REPORT_LANGUAGE: Type.Enum([...impressionLanguages], {
    default: 'en',
    description:
      'Language of the impression, the sentences to paste (src/impression has one file per language).',
  }),
  REPORT_REJECTED: flag(
    'Store a page with the reason when a selected series cannot be measured.',
    true,
  ),
  REPORT_PDF: flag('Also store the page as an Encapsulated PDF with real text.', false),
  STUDY_LABELS: flag(
    'Label studies with what was found (docs/operating.md), in Orthanc 1.12 or later.',
    true,
  ),
  HISTORY: flag(
    'Compare with earlier studies of the same patient in the archive; measure those without a result.',
    true,
  ),
  HISTORY_MAX_STUDIES: whole(
    'Maximum number of earlier studies to compare with; the newest are used.',
    10,
    1,
    100,
  ),
  FORWARD_MODALITIES: Type.Optional(
    names(
      'DICOM modalities that results are forwarded to: their names in Orthanc, comma-separated.',
    ),
  ),
  FORWARD_PEERS: Type.Optional(
    names('Orthanc peers that results are forwarded to: their names in Orthanc, comma-separated.'),
  ),
  FORWARD_MAX_ATTEMPTS: whole(
    'Attempts per target before forwarding fails for good (300 take about a day).',
    300,
    1,
    100_000,
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      description:
        'Base URL of this service as others reach it, used in links of FHIR and HL7 messages, such as https://hippovolume.example.',
      pattern: '^https?://[^\\s?#]+$',
    }),
  ),
  PATIENT_ID_SYSTEM: Type.Optional(
    text("URI of the site's patient IDs in FHIR, if the images do not name their issuer."),
  ),
  ACCESSION_SYSTEM: Type.Optional(
    text("URI of the site's accession numbers in FHIR, if the images do not name their issuer."),
  ),
  FHIR_ENDPOINT: Type.Optional(
    Type.String({
      description:
        'Base URL of a FHIR R4 server that results are sent to (docs/fhir-and-hl7.md), such as https://fhir.example/r4.',
      pattern: '^https?://[^\\s?#]+$',
    }),
  ),
  FHIR_AUTHORIZATION_FILE: Type.Optional(
    text(
      'File with the Authorization header for it, such as Bearer TOKEN; read again for each message, so that tokens can be renewed.',
    ),
  ),
  HL7_ENDPOINT: Type.Optional(
    Type.String({
      description:
        'Receiver of HL7 v2 messages (ORU^R01 over MLLP) that results are sent to: mllp://host:port, or mllps://host:port with TLS.',
      pattern: '^mllps?://[^\\s/?#@:]+:\\d{1,5}/?$',
    }),
  ),
  HL7_SENDING_APPLICATION: text('MSH-3 of these messages.', 'HIPPOVOLUME'),
  HL7_SENDING_FACILITY: Type.Optional(text('MSH-4, the sending facility.')),
  HL7_RECEIVING_APPLICATION: Type.Optional(text('MSH-5, the receiving application.')),
  HL7_RECEIVING_FACILITY: Type.Optional(text('MSH-6, the receiving facility.')),
  WORKER_CONCURRENCY: whole('Jobs that run at the same time.', 1, 1, 16),
  INFERENCE_THREADS: whole('Threads of the inference runtime.', 2, 1, 64),
  ANALYSIS_TIMEOUT_SECONDS: whole(
    'Timeout of an analysis; it is then aborted and retried.',
    600,
    10,
  ),
  LEASE_SECONDS: whole(
    'Time after which a job of a dead process is claimed by another.',
    20,
    2,
    3600,
  ),
  MAX_ATTEMPTS: whole('Maximum number of attempts of a job.', 8, 1, 100),
  RETRY_BASE_SECONDS: number('Delay before the first retry; doubles with each retry.', 2),
  RETRY_MAX_SECONDS: number('Maximum delay before a retry.', 300),
  SWEEP_SECONDS: whole(
    "Interval at which Orthanc's changes are searched for missed studies; 0 disables the sweep.",
    30,
  ),
  SWEEP_LOOKBACK_HOURS: whole('How far back the first sweep of a new installation searches.', 72),
  BACKFILL_AHEAD: whole('Maximum number of queued or running jobs of one backfill.', 10, 1, 10_000),
  PSEUDONYM_SECRET: Type.Optional(
    secret(
      'Key of the codes in pseudonymous exports; with another key the same patient gets a different code.',
    ),
  ),
  RETENTION_DAYS: whole(
    'Finished jobs and pages are deleted after this time, except the current result of a study; 0 keeps all.',
    365,
    0,
    36_500,
  ),
  MIN_FREE_DISK_MB: whole(
    'Minimum free space in DATA_DIR; below it, no job starts and the service is not ready. 0 disables the check.',
    500,
    0,
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    text('Base URL of an OTLP/HTTP trace collector; without it there are no traces.'),
  ),
  VIEWER_URL: Type.Optional(
    text('Base URL of OHIF, used in links, such as http://localhost:3000.'),
  ),
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
 * Throws CONFIG_INVALID with one sentence that lists all errors.
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

/** The unique names of a comma-separated setting. */
export function splitNames(setting: string | undefined): string[] {
  const names = (setting ?? '').split(',').map((name) => name.trim())
  return [...new Set(names.filter((name) => name !== ''))]
}
