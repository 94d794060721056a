// Tests the running service with schemathesis and its OpenAPI document, as each role and without a
// token: no response may be a 5xx or differ from the documentation. It uses a real Orthanc.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writePhantomSeries } from '../../test/support/phantom-dicom.ts'
import { type Product, startProduct } from '../../test/whole-path/product.ts'
import { sampleFiles } from '../../test/whole-path/sample-files.ts'
import { preparePython } from '../check-results/python-venv.ts'
import { repositoryPath } from '../repository-path.ts'
import { nameIds, type OpenApi } from './name-ids.ts'

const { values: options } = parseArgs({
  options: {
    examples: { type: 'string', default: '20' },
    role: { type: 'string', multiple: true },
    seed: { type: 'string', default: '7' },
  },
})
const say = (line: string) => console.error(`check api: ${line}`)
const [readerToken, operatorToken] = ['reader-token-0123456789', 'operator-token-0123456789']

/**
 * Checks in addition to "no 5xx": documented status, type, headers and body, and 405 for other
 * methods.
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'unsupported_method',
  'allow_header_conformance',
]

/** One measured and one rejected study, so that there are results to read. */
async function fillService(product: Product) {
  const measured = await product.upload(sampleFiles('check api'))
  const rejected = await product.upload(writePhantomSeries({ seed: 'check api', slices: 12 }))
  const jobs = [await product.waitForVerdict(measured), await product.waitForVerdict(rejected)]
  return { jobIds: jobs.map(({ id }) => id), studyIds: [measured, rejected] }
}

/** Runs it once; returns whether it found nothing. */
async function runTester(
  program: string,
  document: string,
  url: string,
  token: string | undefined,
): Promise<boolean> {
  const child = spawn(
    program,
    [
      ...['run', document, '--url', url, '--no-color', '--seed', options.seed],
      ...['--checks', checks.join(','), '--max-examples', options.examples],
      ...['--phases', 'examples,coverage,fuzzing,stateful', '--continue-on-failure'],
      ...['--generation-database', 'none', '--suppress-health-check', 'all', '--warnings', 'off'],
      ...['--request-timeout', '60'],
      ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], cwd: repositoryPath('build/check-api') },
  )
  const [status] = (await once(child, 'exit')) as [number | null]
  return status === 0
}

const program = join(preparePython(say, 'check-api'), 'schemathesis')
const folder = repositoryPath('build/check-api')
mkdirSync(folder, { recursive: true })
say('starting Orthanc and the service')
const product = await startProduct({
  environment: {
    READER_TOKEN: readerToken,
    OPERATOR_TOKEN: operatorToken,
    RATE_LIMIT_PER_MINUTE: '0',
    HOOK_RATE_LIMIT_PER_MINUTE: '0',
  },
})
try {
  const { service, hookToken } = product
  const { jobIds, studyIds } = await fillService(product)
  const document = await service.json<OpenApi>('/api/v1/openapi.json')
  const [plain, named] = [join(folder, 'openapi.json'), join(folder, 'openapi-known.json')]
  writeFileSync(plain, JSON.stringify(document))
  writeFileSync(named, JSON.stringify(nameIds(document, jobIds, studyIds)))

  const tokens: Record<string, string | undefined> = {
    nobody: undefined,
    hook: hookToken,
    reader: readerToken,
    operator: operatorToken,
    admin: service.apiToken,
  }
  const found: string[] = []
  for (const [role, token] of Object.entries(tokens)) {
    if (options.role !== undefined && !options.role.includes(role)) continue
    for (const [what, file] of [
      ['any identifiers', plain],
      ['existing identifiers', named],
    ] as const) {
      say(`as ${role}, with ${what}`)
      const isFine = await runTester(program, file, service.url, token)
      if (!isFine) found.push(`${role}, ${what}`)
    }
  }
  const serverErrors = service
    .readLog()
    .split('\n')
    .filter((line) => /"statusCode":5\d\d/.test(line))
  say(`${serverErrors.length} answers of 5xx in the log of the service`)
  writeFileSync(join(folder, 'service.log'), service.readLog())
  if (found.length > 0) say(`found something as ${found.join('; as ')}`)
  process.exitCode = found.length > 0 ? 1 : 0
} finally {
  await product.stop()
}
