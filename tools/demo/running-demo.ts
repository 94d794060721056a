import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Demo } from './start-demo.ts'

/** What another process needs to use a running demo. */
export interface RunningDemo {
  readonly pid: number
  readonly viewerUrl: string
  readonly serviceUrl: string
  readonly apiToken: string
  readonly orthancUrl: string
  readonly orthancPassword: string
  readonly dicomPort: number
  readonly aet: string
}

const fileOf = (folder: string) => join(folder, 'running.json')

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The demo running with this folder, or undefined. */
export function findRunningDemo(folder: string): RunningDemo | undefined {
  if (!existsSync(fileOf(folder))) return undefined
  const running = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as RunningDemo
  return isAlive(running.pid) ? running : undefined
}

/** Writes a file about this demo, readable only by its owner; see withdrawDemo. */
export function announceDemo({ folder, orthanc, service, viewerUrl }: Demo): RunningDemo {
  const running: RunningDemo = {
    pid: process.pid,
    viewerUrl,
    serviceUrl: service.url,
    apiToken: service.apiToken,
    orthancUrl: orthanc.url,
    orthancPassword: orthanc.accounts.demo,
    dicomPort: orthanc.dicomPort,
    aet: orthanc.aet,
  }
  writeFileSync(fileOf(folder), JSON.stringify(running, null, 2), { mode: 0o600 })
  return running
}

export function withdrawDemo(folder: string): void {
  rmSync(fileOf(folder), { force: true })
}
