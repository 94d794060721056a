import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryPath } from '../repository-path.ts'
import type { ComposeFile, ComposeService } from './compose-file.ts'

const secretName = /(TOKEN|PASSWORD|SECRET|DATABASE_URL)$/

/** Where a container finds its secrets, by their names. */
export function listSecrets({ secrets = [] }: ComposeService): Map<string, string> {
  return new Map(
    secrets.map((one) =>
      typeof one === 'string' ? [one, `/run/secrets/${one}`] : [one.source, one.target],
    ),
  )
}

function checkService(name: string, service: ComposeService, file: ComposeFile): string[] {
  const mounted = listSecrets(service)
  const problems = [...mounted.keys()]
    .filter((secret) => !(secret in file.secrets))
    .map((secret) => `it uses the secret ${secret}, which is not declared`)
  for (const [variable, value] of Object.entries(service.environment ?? {})) {
    if (secretName.test(variable)) problems.push(`${variable} is in its environment, not in a file`)
    if (String(value).startsWith('/run/secrets/') && ![...mounted.values()].includes(value)) {
      problems.push(`${variable} names ${value}, which it does not get`)
    }
  }
  return problems.map((problem) => `${name}: ${problem}`)
}

/**
 * What is wrong with how passwords and tokens reach the containers: as files that only the containers see
 * that need them, all made by packaging/make-secrets.sh, which is run here in an empty folder.
 */
export function checkSecrets(file: ComposeFile): string[] {
  const problems = Object.entries(file.services).flatMap(([name, service]) =>
    checkService(name, service, file),
  )
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-secrets-'))
  try {
    const made = makeSecrets(folder)
    for (const [name, { file: path }] of Object.entries(file.secrets)) {
      if (!existsSync(join(folder, path))) problems.push(`make-secrets.sh does not make ${name}`)
    }
    if ((statSync(made).mode & 0o777) !== 0o700) problems.push('others may look into secrets/')
    const orthanc = JSON.parse(readFileSync(join(made, 'orthanc_accounts.json'), 'utf8'))
    const read = (name: string) => readFileSync(join(made, name), 'utf8')
    if (
      orthanc.RegisteredUsers.hippovolume !== read('orthanc_password') ||
      orthanc.RegisteredUsers.viewer !== read('viewer_password') ||
      orthanc.HippoVolume.HookToken !== read('hook_token')
    ) {
      problems.push("Orthanc's accounts are not those of the service and the viewer")
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return problems
}

/** Makes the secrets of a new installation in a folder; returns where they are. */
export function makeSecrets(folder: string, ...options: string[]): string {
  mkdirSync(join(folder, 'packaging'), { recursive: true })
  const script = join(folder, 'packaging/make-secrets.sh')
  cpSync(repositoryPath('packaging/make-secrets.sh'), script)
  execFileSync('sh', [script, ...options], { stdio: 'pipe' })
  return join(folder, 'secrets')
}
