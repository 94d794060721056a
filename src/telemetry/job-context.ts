import { AsyncLocalStorage } from 'node:async_hooks'

interface JobContext {
  readonly jobId: string
}

const storage = new AsyncLocalStorage<JobContext>()

/** Runs work of a job: every log line within it has the job's id. */
export function withinJob<Answer>(jobId: string, work: () => Answer): Answer {
  return storage.run({ jobId }, work)
}

/** Log fields of the current job; pino's `mixin`. */
export function jobOfLine(): object {
  return storage.getStore() ?? {}
}
