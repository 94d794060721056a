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

/** How many jobs wait or are worked on. */
export async function countUnfinished(service: RunningService): Promise<number> {
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
