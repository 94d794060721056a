// Speed of storing and claiming jobs in both queues while many wait.
//   npm run check -- bench-queue [--jobs 100000] [--measured 500] [--queue embedded,postgres]
// Target: enqueue and claim at most 10 ms each (p95) with 100,000 waiting jobs.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { EnqueueRequest, JobStore } from '../../src/queue/job-store.ts'
import { openPostgresJobStore } from '../../src/queue/postgres-job-store.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { summarize } from '../bench/statistics.ts'

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '100000' },
    measured: { type: 'string', default: '500' },
    queue: { type: 'string', default: 'embedded,postgres' },
  },
})
const waiting = Number(values.jobs)
const measured = Number(values.measured)
const targetMilliseconds = 10
const lease = 600_000

/** Nine of ten belong to a backfill, so that new studies must overtake them. */
const request = (index: number): EnqueueRequest => ({
  orthancStudyId: `study-${index}`,
  studyInstanceUid: `1.2.826.0.1.${index}`,
  trigger: index % 10 === 0 ? 'hook' : 'backfill',
  force: false,
})

async function measure(
  count: number,
  work: (index: number) => Promise<unknown>,
): Promise<number[]> {
  const milliseconds: number[] = []
  for (let index = 0; index < count; index += 1) {
    const started = performance.now()
    await work(index)
    milliseconds.push(performance.now() - started)
  }
  return milliseconds
}

function print(what: string, milliseconds: readonly number[]): boolean {
  const { median, p95 } = summarize(milliseconds)
  const isQuick = p95 <= targetMilliseconds
  console.log(
    `  ${what.padEnd(34)} median ${median.toFixed(2).padStart(7)} ms, p95 ${p95.toFixed(2).padStart(7)} ms${isQuick ? '' : `  above ${targetMilliseconds} ms`}`,
  )
  return isQuick
}

/** Fills the queue concurrently, as in real use, and then measures. */
async function bench(name: string, store: JobStore): Promise<boolean> {
  const started = performance.now()
  let next = 0
  const fill = async () => {
    while (next < waiting) await store.enqueue(request(next++))
  }
  await Promise.all(Array.from({ length: 8 }, fill))
  const seconds = (performance.now() - started) / 1000
  console.log(
    `${name}: ${waiting} jobs stored in ${seconds.toFixed(0)} s (${(waiting / seconds).toFixed(0)} a second)`,
  )
  const enqueued = await measure(measured, (index) => store.enqueue(request(waiting + index)))
  const again = await measure(measured, (index) => store.enqueue(request(index)))
  const claimed: string[] = []
  const claims = await measure(measured, async () => {
    const job = await store.claim('bench', lease)
    if (job === undefined) throw new Error('nothing to claim')
    claimed.push(job.id)
  })
  const ends = await measure(claimed.length, (index) =>
    store.finish(
      claimed[index]!,
      'bench',
      { state: 'succeeded', outcome: { index }, predecessorJobId: undefined },
      [],
    ),
  )
  const looks = await measure(20, () => store.list({ limit: 50, offset: 0 }))
  const ages = await measure(20, () => store.oldestQueuedAt())
  const isQuick = [print('enqueue', enqueued), print('claim', claims)].every(Boolean)
  print('enqueue what waits already', again)
  print('finish', ends)
  print('list the newest 50', looks)
  print('age of the queue', ages)
  return isQuick
}

const folder = mkdtempSync(join(tmpdir(), 'hippovolume-bench-queue-'))
console.log(`${cpus().length} cores, Node ${process.version}; ${measured} of each measured`)
const verdicts: boolean[] = []
try {
  if (values.queue.includes('embedded')) {
    const path = join(folder, 'queue.sqlite')
    const store = openSqliteJobStore({ path, clock: Date.now, createId: randomUUID })
    verdicts.push(await bench('embedded (SQLite)', store).finally(() => store.close()))
  }
  if (values.queue.includes('postgres')) {
    const postgres = await startPostgres()
    try {
      const store = await openPostgresJobStore({
        url: postgres.url,
        createId: randomUUID,
        onError: console.error,
      })
      verdicts.push(await bench('PostgreSQL', store).finally(() => store.close()))
    } finally {
      await postgres.stop()
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const isPassed = verdicts.every(Boolean)
console.log(isPassed ? 'passed' : `FAILED: above ${targetMilliseconds} ms`)
process.exitCode = isPassed ? 0 : 1
