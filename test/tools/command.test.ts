import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryPath } from '../../tools/repository-path.ts'

/** A Node that cannot run TypeScript, if this machine has one. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  if (!existsSync(path)) return false
  const [, major] = /^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' })) ?? []
  return Number(major) < 22
})

const commandLine = `
const words: string[] = process.argv.slice(2)
if (words[0] === 'wait') {
  process.on('SIGTERM', () => process.exit(7))
  setInterval(() => {}, 1000)
  console.log('waiting')
} else {
  console.log(JSON.stringify({ words, major: Number(process.versions.node.split('.')[0]) }))
  process.exitCode = 3
}
`

describe('bin/hippovolume.js', () => {
  let folder = ''
  let command = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-command-'))
    command = join(folder, 'bin', 'hippovolume.js')
    for (const name of ['bin', 'src', 'node_modules/.bin']) {
      mkdirSync(join(folder, name), { recursive: true })
    }
    cpSync(repositoryPath('bin/hippovolume.js'), command)
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    writeFileSync(join(folder, 'src', 'cli.ts'), commandLine)
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), '{}')
    symlinkSync(process.execPath, join(folder, 'node_modules', '.bin', 'node'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('passes arguments on and returns the exit code, on a Node that runs TypeScript', () => {
    const { status, stdout } = spawnSync(process.execPath, [command, 'a', 'b c'])
    expect(status).toBe(3)
    expect(JSON.parse(String(stdout))).toMatchObject({ words: ['a', 'b c'] })
  })

  it.skipIf(oldNode === undefined)('does the same on an older Node, with the bundled one', () => {
    const { status, stdout } = spawnSync(oldNode!, [command, 'a', 'b c'])
    expect(status).toBe(3)
    const answer = JSON.parse(String(stdout))
    expect(answer.words).toEqual(['a', 'b c'])
    expect(answer.major).toBeGreaterThanOrEqual(22)
  })

  it.skipIf(oldNode === undefined)('forwards signals', async () => {
    const child = spawn(oldNode!, [command, 'wait'], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(7)
  })
})

describe('tools/bootstrap.sh', () => {
  const bootstrap = repositoryPath('tools/bootstrap.sh')

  it('is quick and silent when nothing is missing', () => {
    const { status, stdout, stderr } = spawnSync('sh', [bootstrap, 'cli'], { timeout: 20_000 })
    expect({ status, stdout: String(stdout), stderr: String(stderr) }).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })

  it('lists its names for an unknown one', () => {
    const { status, stderr } = spawnSync('sh', [bootstrap, 'moon'])
    expect(status).toBe(1)
    expect(String(stderr)).toContain('cli, demo, scale, viewer, test or results')
  })
})
