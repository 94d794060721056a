import type { Job } from './job.ts'
import type { JobStore } from './job-store.ts'
import type { Workers } from './worker-loop.ts'

/** The job operations for everything except workers, such as the API. */
export type JobService = Pick<
  JobStore,
  'enqueue' | 'cancel' | 'answer' | 'find' | 'list' | 'countByState' | 'oldestQueuedAt'
>

/** The store for its other users: workers notice enqueued and cancelled jobs immediately. */
export function notifyWorkers(
  store: JobStore,
  workers: Pick<Workers, 'wake' | 'lookAt'> & {
    /** Told of a job whose result somebody has accepted or rejected. */
    readonly answered?: (job: Job) => void
  },
): JobService {
  return {
    async enqueue(request) {
      const answer = await store.enqueue(request)
      workers.wake()
      return answer
    },
    async cancel(jobId) {
      const job = await store.cancel(jobId)
      workers.lookAt(jobId)
      return job
    },
    async answer(jobId, answer, before, followUp) {
      const job = await store.answer(jobId, answer, before, followUp)
      workers.answered?.(job)
      return job
    },
    find: (jobId) => store.find(jobId),
    list: (query) => store.list(query),
    countByState: (filter) => store.countByState(filter),
    oldestQueuedAt: () => store.oldestQueuedAt(),
  }
}
