import type { JobStore } from './job-store.ts'
import type { Workers } from './worker-loop.ts'

/** The part of the store that others than the workers use. */
export type JobDesk = Pick<
  JobStore,
  'enqueue' | 'cancel' | 'find' | 'list' | 'countByState' | 'oldestQueuedAt'
>

/** The store as its other users see it: what they enqueue or cancel is looked at at once. */
export function notifyWorkers(store: JobStore, workers: Pick<Workers, 'wake' | 'lookAt'>): JobDesk {
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
    find: (jobId) => store.find(jobId),
    list: (query) => store.list(query),
    countByState: () => store.countByState(),
    oldestQueuedAt: () => store.oldestQueuedAt(),
  }
}
