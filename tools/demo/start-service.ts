import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { configSchema } from '../../src/config.ts'
import { repositoryPath } from '../repository-path.ts'
import { type Child, startChild } from './child-process.ts'
import { waitUntil } from './wait-until.ts'

export interface DemoService extends Child {
  readonly url: string
  readonly apiToken: string
  /** GET of the REST API, with the token. */
  get(path: string): Promise<Response>
}

/** Settings of the service from the environment; the demo's own take precedence. */
function readSettings(): Record<string, string> {
  const names = Object.keys(configSchema.properties)
  const set = names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(set)
}

/** Starts the service like an installation: only from environment variables. */
export async function startService(options: {
  readonly folder: string
  readonly port: number
  readonly apiToken: string
  readonly environment: Readonly<Record<string, string>>
}): Promise<DemoService> {
  const data = join(options.folder, 'service')
  mkdirSync(data, { recursive: true })
  const child = startChild({
    name: 'The service',
    command: process.execPath,
    args: [repositoryPath('src/main.ts')],
    environment: {
      ...readSettings(),
      HOST: '127.0.0.1',
      PORT: String(options.port),
      DATA_DIR: data,
      API_TOKEN: options.apiToken,
      ...options.environment,
    },
    folder: options.folder,
    logFile: join(options.folder, 'logs', 'service.log'),
  })
  const url = `http://127.0.0.1:${options.port}`
  const get = (path: string) =>
    fetch(`${url}${path}`, { headers: { authorization: `Bearer ${options.apiToken}` } })
  await waitUntil(
    child,
    async () => ((await get('/health/ready')).ok ? true : undefined),
    60,
  ).catch(async (error) => {
    await child.stop(0)
    throw error
  })
  return { ...child, url, apiToken: options.apiToken, get }
}
