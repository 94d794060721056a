import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkDockerfile } from '../../tools/compose-check/check-dockerfile.ts'
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

  it('leaves Orthanc, which starts as root, the one right that its image needs', () => {
    expect(checkServices(alter('    cap_add: [DAC_OVERRIDE]\n', ''))).toEqual([
      'orthanc: it needs DAC_OVERRIDE, and no more',
    ])
    expect(checkServices(alter('[DAC_OVERRIDE]', '[DAC_OVERRIDE, SYS_ADMIN]'))).toEqual([
      'orthanc: it needs DAC_OVERRIDE, and no more',
    ])
    const viewer = alter('    user: nginx\n', '    user: nginx\n    cap_add: [CHOWN]\n')
    expect(checkServices(viewer)).toEqual(['viewer: it is given rights'])
  })

  it('gives the service only existing settings, and all required ones', () => {
    expect(checkSettings(file)).toEqual([])
    expect(checkSettings(alter('API_TOKEN: ', 'API_TOKENS: '))).toEqual([
      'hippovolume: API_TOKENS is no setting of the service',
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
      'postgres: it starts unasked',
      'postgres: it opens a port',
    ])
    const unhealthy = alter(/ {4}healthcheck:\n {6}test: \[CMD, pg_isready[\s\S]*?20s\n/, '')
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
