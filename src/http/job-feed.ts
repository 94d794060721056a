import type { Job } from '../queue/job.ts'
import type { JobService } from '../queue/job-service.ts'
import type { JobNews } from './job-news.ts'
import { viewJob } from './job-view.ts'
import { toProblem } from './problem.ts'

export interface JobFeed {
  /** Calls back with all updates until the returned function is called; the state of the queue is sent immediately. */
  watch(tell: (news: JobNews) => void): () => void
  /** Stops the polling permanently. */
  stop(): void
}

export interface JobFeedOptions {
  readonly jobs: Pick<JobService, 'list' | 'find' | 'countByState' | 'oldestQueuedAt'>
  readonly viewerUrl: string | undefined
  readonly pollMilliseconds?: number
}

/** The newest jobs and the running ones are monitored; a job that no longer runs is read once more. */
const watchedJobs = 50

/**
 * Reports changes of the queue by polling it once a second, for any number of clients and only
 * while there are some: jobs also change in other processes, which send no events.
 */
export function createJobFeed({ jobs, viewerUrl, pollMilliseconds = 1000 }: JobFeedOptions) {
  const watchers = new Set<(news: JobNews) => void>()
  let timer: NodeJS.Timeout | undefined
  let isPolling = false
  let queueText = ''
  let queue: JobNews | undefined
  let texts = new Map<string, string>()
  let running = new Set<string>()
  let isFirstLook = true

  const tellAll = (news: JobNews) => {
    for (const tell of watchers) tell(news)
  }

  async function readQueue(): Promise<void> {
    const [counts, oldest] = await Promise.all([jobs.countByState(), jobs.oldestQueuedAt()])
    const data = {
      counts,
      ...(oldest !== undefined && { oldestQueuedAt: new Date(oldest).toISOString() }),
    }
    const text = JSON.stringify(data)
    if (text === queueText) return
    queueText = text
    queue = { event: 'queue', data }
    tellAll(queue)
  }

  async function readJobs(): Promise<void> {
    const page = { limit: watchedJobs, offset: 0, isCounted: false }
    const [newest, atWork] = await Promise.all([
      jobs.list(page),
      jobs.list({ ...page, states: ['running'] }),
    ])
    const seen = new Map<string, Job>()
    for (const job of [...newest.jobs, ...atWork.jobs]) seen.set(job.id, job)
    for (const id of running) {
      const job = seen.has(id) ? undefined : await jobs.find(id)
      if (job !== undefined) seen.set(id, job)
    }
    const views = [...seen.values()].map((job) => viewJob(job, viewerUrl))
    const next = new Map(views.map((view) => [view.id, JSON.stringify(view)]))
    const changed = views.filter(({ id }) => next.get(id) !== texts.get(id))
    if (!isFirstLook && changed.length > 0) tellAll({ event: 'jobs', data: { jobs: changed } })
    texts = next
    running = new Set(atWork.jobs.map(({ id }) => id))
    isFirstLook = false
  }

  async function poll(): Promise<void> {
    isPolling = true
    try {
      await readQueue()
      await readJobs()
    } catch (error) {
      queueText = ''
      tellAll({ event: 'trouble', data: toProblem(error).record })
    }
    isPolling = false
    timer = watchers.size === 0 ? undefined : setTimeout(poll, pollMilliseconds).unref()
  }

  const feed: JobFeed = {
    watch(tell) {
      watchers.add(tell)
      if (timer === undefined && !isPolling) {
        // Nobody was connected for a while: clients read the whole list again, so older changes are skipped.
        isFirstLook = true
        queueText = ''
        void poll()
      } else if (queue !== undefined) {
        tell(queue)
      }
      return () => {
        watchers.delete(tell)
        if (watchers.size > 0) return
        clearTimeout(timer)
        timer = undefined
      }
    },
    stop() {
      watchers.clear()
      clearTimeout(timer)
    },
  }
  return feed
}
