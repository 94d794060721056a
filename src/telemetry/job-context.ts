import { AsyncLocalStorage } from 'node:async_hooks'

interface JobContext {
  readonly jobId: string
}

const storage = new AsyncLocalStorage<JobContext>()

/** Runs work of a job: every log line written within it carries the job's id. */
export function withinJob<Answer>(jobId: string, work: () => Answer): Answer {
  return storage.run({ jobId }, work)
}

/** What a log line adds of the job it is written within; pino's `mixin`. */
export function jobOfLine(): object {
  return storage.getStore() ?? {}
}
