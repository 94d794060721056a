// Where the code comes from: exact versions, checksums, licences, known vulnerabilities, and a software
// bill of materials (CycloneDX) of what is shipped, in build/sbom.cdx.json.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { repositoryPath } from './repository-path.ts'
import { type AuditReport, judgeAudit } from './supply/audit-report.ts'
import { type Component, checkLicences } from './supply/licences.ts'
import { checkLockfile, checkManifest, type Lockfile, type Manifest } from './supply/lockfile.ts'

function runNpm(...words: string[]): string {
  const options = { cwd: repositoryPath('.'), encoding: 'utf8', maxBuffer: 2 ** 28 } as const
  const { stdout, error } = spawnSync('npm', words, options)
  if (error) throw error
  return stdout
}

interface Sbom {
  readonly metadata: { readonly component: object }
  readonly components: readonly Component[]
}
const describeAll = (...more: string[]) =>
  JSON.parse(
    runNpm(
      'sbom',
      '--sbom-format=cyclonedx',
      '--sbom-type=application',
      '--package-lock-only',
      ...more,
    ),
  ) as Sbom
const readJson = <T>(path: string) => JSON.parse(readFileSync(repositoryPath(path), 'utf8')) as T

const manifest = readJson<Manifest & { name: string }>('package.json')
const everything = describeAll()
const shipped = describeAll('--omit=dev')
// npm names it after its folder.
Object.assign(shipped.metadata.component, { name: manifest.name })
mkdirSync(repositoryPath('build'), { recursive: true })
writeFileSync(repositoryPath('build/sbom.cdx.json'), `${JSON.stringify(shipped, null, 2)}\n`)

const audit = judgeAudit(JSON.parse(runNpm('audit', '--json', '--omit=dev') || '{}') as AuditReport)
const problems = [
  ...checkManifest(manifest),
  ...checkLockfile(readJson<Lockfile>('package-lock.json'), manifest),
  ...checkLicences(everything.components),
  ...audit.problems,
]
console.log(`build/sbom.cdx.json: ${shipped.components.length} packages are shipped.`)
console.log(
  `${everything.components.length} packages in total: versions, checksums and licences checked.`,
)
console.log(audit.summary)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
