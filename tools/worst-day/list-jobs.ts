import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningService } from '../../test/support/service.ts'

export interface FloodJob {
  readonly state: string
  readonly orthancStudyId: string
  readonly trigger: string
  readonly attempts: number
  readonly createdAt: string
  readonly finishedAt?: string
}

interface Page {
  readonly jobs: readonly FloodJob[]
  readonly total: number
}

const readPage = (service: RunningService, query: string) =>
  service.json<Page>(`/api/v1/jobs?${query}`)

/** Number of queued or running jobs. */
async function countUnfinished(service: RunningService): Promise<number> {
  return (await readPage(service, 'state=queued&state=running&limit=1')).total
}

/** All jobs, newest first. */
export async function listAllJobs(service: RunningService): Promise<readonly FloodJob[]> {
  const jobs: FloodJob[] = []
  for (;;) {
    const page = await readPage(service, `limit=200&offset=${jobs.length}`)
    jobs.push(...page.jobs)
    if (page.jobs.length === 0 || jobs.length >= page.total) return jobs
  }
}

/** Number of jobs in each state. */
export function countStates(jobs: readonly FloodJob[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { state } of jobs) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

/**
 * Waits until no job has been queued or running for a while; `tell` gets the remaining number every
 * 30 s. An unresponsive service does not count as idle. Throws after a timeout.
 */
export async function waitUntilQuiet(
  service: RunningService,
  options: {
    readonly quietMilliseconds: number
    readonly atMostHours: number
    readonly tell?: (left: number | undefined) => void
  },
): Promise<void> {
  let [quietSince, told] = [Date.now(), Date.now()]
  const deadline = Date.now() + options.atMostHours * 3_600_000
  while (Date.now() - quietSince < options.quietMilliseconds) {
    if (Date.now() > deadline) throw new Error('the queue did not become idle')
    const left = await countUnfinished(service).catch(() => undefined)
    if (left !== 0) quietSince = Date.now()
    if (Date.now() - told > 30_000) {
      options.tell?.(left)
      told = Date.now()
    }
    await sleep(250)
  }
}
