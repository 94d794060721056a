import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { JobStore } from '../queue/job-store.ts'
import { openJobStore } from '../queue/open-job-store.ts'
import type { ServiceContext } from './service-context.ts'

export interface StartedQueue {
  readonly store: JobStore
  /** Unique name of this process. */
  readonly owner: string
  readonly history: ReturnType<typeof readHistory>
}

/** The jobs of a study, newest first, and the named values that all processes share. */
function readHistory(store: JobStore) {
  const list = async (query: { orthancStudyId: string; states?: ['succeeded'] }) =>
    (await store.list({ ...query, limit: 100, offset: 0, isCounted: false })).jobs
  return {
    recentJobs: (orthancStudyId: string) => list({ orthancStudyId }),
    succeededJobs: (orthancStudyId: string) => list({ orthancStudyId, states: ['succeeded'] }),
    failedJobs: async () =>
      (await store.list({ states: ['failed'], limit: 100, offset: 0, isCounted: false })).jobs,
    readMark: (name: string) => store.readMark(name),
    writeMark: (name: string, value: string) => store.writeMark(name, value),
  }
}

/** Opens the queue of jobs. Throws a coded error of stage 'startup' or 'queue'. */
export async function startQueue({
  config,
  log,
  clock,
  closers,
}: ServiceContext): Promise<StartedQueue> {
  const store = await openJobStore({
    databaseUrl: config.DATABASE_URL,
    path: join(config.DATA_DIR, 'queue.sqlite'),
    clock,
    createId: randomUUID,
    log,
  })
  closers.add(() => store.close())
  const owner = `${hostname()}/${process.pid}/${randomUUID()}`
  return { store, owner, history: readHistory(store) }
}
