import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { configSchema } from '../../src/config.ts'
import { repositoryPath } from '../repository-path.ts'
import type { ComposeFile, ComposeService } from './compose-file.ts'

const isPinned = (image: string) => /:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?$/.test(image)

/** Faults of one service: image, user, capabilities, files, health check. */
function checkService(name: string, service: ComposeService, file: ComposeFile): string[] {
  const problems: string[] = []
  if (service.image === undefined || !isPinned(service.image))
    problems.push('its image is not pinned')
  const isOneShot = service.restart === undefined
  if (!isOneShot && service.healthcheck === undefined) problems.push('it has no health check')
  if (!service.cap_drop?.includes('ALL')) problems.push('it keeps rights of root')
  if (service.cap_add !== undefined) problems.push('it is given rights')
  if (!service.security_opt?.includes('no-new-privileges:true')) {
    problems.push('it may gain privileges')
  }
  if (/^(root|0)?(:|$)/.test(service.user ?? '')) problems.push('it runs as root')
  if (service.read_only !== true) problems.push('its files are writable')
  if (!Number.isInteger(service.pids_limit)) problems.push('its processes are not limited')
  for (const volume of service.volumes ?? []) {
    const [source] = volume.split(':') as [string]
    if (source.startsWith('.') && !existsSync(repositoryPath(source))) {
      problems.push(`it mounts ${source}, which does not exist`)
    }
    if (source.startsWith('.') && !volume.endsWith(':ro'))
      problems.push(`it may write to ${source}`)
    if (!source.startsWith('.') && !(source in file.volumes)) {
      problems.push(`it uses the volume ${source}, which is not declared`)
    }
  }
  for (const needed of Object.keys(service.depends_on ?? {})) {
    if (!(needed in file.services)) problems.push(`it waits for ${needed}, which does not exist`)
  }
  return problems.map((problem) => `${name}: ${problem}`)
}

export function checkServices(file: ComposeFile): string[] {
  return Object.entries(file.services).flatMap(([name, service]) =>
    checkService(name, service, file),
  )
}

/** Whether the processes of the profile `scale` are the same service on the same queue. */
export function checkScaling({
  services: { hippovolume, worker, postgres },
}: ComposeFile): string[] {
  const problems: string[] = []
  if (worker?.image !== hippovolume?.image) problems.push('worker: it is not the same image')
  if (!isDeepStrictEqual(worker?.environment, hippovolume?.environment)) {
    problems.push('worker: its settings are not those of hippovolume')
  }
  if (hippovolume?.environment?.DATABASE_URL_FILE === undefined) {
    problems.push('hippovolume: it cannot be told of PostgreSQL')
  }
  for (const [name, service] of Object.entries({ worker, postgres })) {
    if (!service?.profiles?.includes('scale'))
      problems.push(`${name}: it starts without the profile`)
    // Several replicas cannot share one host port, and PostgreSQL must not be reachable from
    // outside.
    if (service?.ports !== undefined) problems.push(`${name}: it opens a port`)
  }
  return problems
}

/** Compares the service's variables with its configuration: none unknown, none missing. */
export function checkSettings(file: ComposeFile): string[] {
  const given = file.services.hippovolume?.environment ?? {}
  const isKnown = (name: string) =>
    name in configSchema.properties || name.replace(/_FILE$/, '') in configSchema.properties
  const unknown = Object.keys(given).filter((name) => !isKnown(name))
  const missing = configSchema.required.filter(
    (name) =>
      !(name in given) &&
      !(`${name}_FILE` in given) &&
      !('default' in configSchema.properties[name as keyof typeof configSchema.properties]),
  )
  return [
    ...unknown.map((name) => `hippovolume: ${name} is not a setting of the service`),
    ...missing.map((name) => `hippovolume: ${name} is not set`),
  ]
}

/** Compares the variables that compose uses with those of .env.example. */
export function checkVariables(file: ComposeFile, example: string): string[] {
  const asked = new Set([...file.text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!))
  const offered = new Set([...example.matchAll(/^(\w+)=/gm)].map(([, name]) => name!))
  return [
    ...[...asked].filter((name) => !offered.has(name)).map((name) => `.env.example lacks ${name}`),
    ...[...offered]
      .filter((name) => !asked.has(name))
      .map((name) => `.env.example has ${name}, which is not used`),
  ]
}
