import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repositoryPath } from '../repository-path.ts'

function run(command: string, options: readonly string[]): void {
  const { status, error } = spawnSync(command, options, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${options[0]} ended with ${status}.`)
}

/**
 * A Python environment with the pinned packages of a tool, made on first use and again when the
 * pins change. Returns the folder of its programs. Throws if python3 or its venv is missing or a
 * package cannot be fetched.
 */
export function preparePython(
  say: (line: string) => void,
  tool: 'check-results' | 'check-geometry' | 'check-api' = 'check-results',
): string {
  const requirements = repositoryPath(`tools/${tool}/requirements.txt`)
  const folder = repositoryPath(`node_modules/.cache/hippovolume/${tool}-venv`)
  const pins = readFileSync(requirements, 'utf8')
  const mark = join(folder, 'requirements.txt')
  const programs = join(folder, 'bin')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === pins) return programs
  say('making a Python environment for this check (a minute or two)')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(folder), { recursive: true })
  run('python3', ['-m', 'venv', folder])
  const pip = ['install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]
  run(join(programs, 'pip'), pip)
  writeFileSync(mark, pins)
  return programs
}
