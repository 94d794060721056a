import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkDockerfile } from '../../tools/compose-check/check-dockerfile.ts'
import { checkSecrets } from '../../tools/compose-check/check-secrets.ts'
import {
  checkScaling,
  checkServices,
  checkSettings,
  checkVariables,
} from '../../tools/compose-check/check-services.ts'
import {
  type ComposeFile,
  checkAgainstSchema,
  readComposeFile,
} from '../../tools/compose-check/compose-file.ts'
import { listAptPackages, readDockerfile } from '../../tools/compose-check/read-dockerfile.ts'
import { repositoryPath } from '../../tools/repository-path.ts'

const file = readComposeFile()
const example = readFileSync(repositoryPath('.env.example'), 'utf8')

/** The file with some of its text replaced. */
function alter(from: string | RegExp, to: string): ComposeFile {
  const text = file.text.replace(from, to)
  expect(text).not.toBe(file.text)
  return { ...(parse(text) as ComposeFile), text }
}

describe('docker-compose.yml', () => {
  it('follows the compose specification', () => {
    expect(checkAgainstSchema(file)).toEqual([])
    expect(checkAgainstSchema(alter('restart:', 'restarts:'))).not.toEqual([])
  })

  it('pins its images, drops all rights and mounts only what exists, read-only', () => {
    expect(checkServices(file)).toEqual([])
    expect(checkServices(alter('ohif/app:v3.13.2', 'ohif/app:latest'))).toEqual([
      'viewer: its image is not pinned',
    ])
    expect(checkServices(alter('./lua/on-stable-study.lua', './lua/gone.lua'))).toEqual([
      'orthanc: it mounts ./lua/gone.lua, which does not exist',
    ])
  })

  it('runs nothing as root, with rights or on writable files, Orthanc included', () => {
    expect(checkServices(alter('    user: 999:999\n', '    user: 0:0\n'))).toEqual([
      'orthanc: it runs as root',
    ])
    expect(checkServices(alter('    user: 999:999\n    read_only: true\n', ''))).toEqual([
      'orthanc: it runs as root',
      'orthanc: its files are writable',
    ])
    const viewer = alter('    user: nginx\n', '    user: nginx\n    cap_add: [CHOWN]\n')
    expect(checkServices(viewer)).toEqual(['viewer: it is given rights'])
    expect(checkServices(alter('    pids_limit: 256\n', ''))).toEqual([
      'orthanc: its processes are not limited',
    ])
  })

  it('passes passwords and tokens as files, to those who need them', () => {
    expect(checkSecrets(file)).toEqual([])
    expect(checkSecrets(alter('POSTGRES_PASSWORD_FILE: /run', 'POSTGRES_PASSWORD: /run'))).toEqual([
      'postgres: POSTGRES_PASSWORD is in its environment, not in a file',
    ])
    expect(checkSecrets(alter('secrets: [postgres_password]', 'secrets: [other]'))).toEqual([
      'postgres: it uses the secret other, which is not declared',
      'postgres: POSTGRES_PASSWORD_FILE names /run/secrets/postgres_password, which it does not get',
    ])
    expect(checkSecrets(alter('./secrets/api_token', './secrets/another'))).toEqual([
      'make-secrets.sh does not make api_token',
    ])
  })

  it('gives the service only existing settings, and all required ones', () => {
    expect(checkSettings(file)).toEqual([])
    expect(checkSettings(alter('API_TOKEN_FILE: ', 'API_TOKENS_FILE: '))).toEqual([
      'hippovolume: API_TOKENS_FILE is not a setting of the service',
      'hippovolume: API_TOKEN is not set',
    ])
  })

  it('scales with more of the same service on one PostgreSQL, only on request', () => {
    expect(checkScaling(file)).toEqual([])
    expect(checkScaling(alter('environment: *service', 'environment: { PORT: "8080" }'))).toEqual([
      'worker: its settings are not those of hippovolume',
    ])
    const unasked = /postgres:\n {4}profiles: \[scale\]\n/
    expect(checkScaling(alter(unasked, 'postgres:\n    ports: ["5432:5432"]\n'))).toEqual([
      'postgres: it starts without the profile',
      'postgres: it opens a port',
    ])
    const unhealthy = alter(
      / {4}healthcheck:\n {6}#[^\n]*\n {6}test: \[CMD, pg_isready[\s\S]*?20s\n/,
      '',
    )
    expect(checkServices(unhealthy)).toEqual(['postgres: it has no health check'])
  })

  it('uses the variables of .env.example', () => {
    expect(checkVariables(file, example)).toEqual([])
    expect(checkVariables(file, `${example}\nOLD=1`)).toHaveLength(1)
  })
})

describe('Dockerfile', () => {
  it('copies what exists, runs the pinned Node, and not as root', () => {
    expect(checkDockerfile()).toEqual([])
  })

  it('is read instruction by instruction', () => {
    const [, run] = readDockerfile(
      'FROM a AS b\n# why\nRUN apt-get update && \\\n apt-get install -y c d && e\n',
    )
    expect(run).toMatchObject({ stage: 'b', name: 'RUN' })
    expect(listAptPackages(run!)).toEqual(['c', 'd'])
  })
})
