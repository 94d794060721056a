/**
 * A second process on the queue, for tests: `node queue-process.ts PATH-OR-URL OWNER claim` claims
 * and ends jobs until none is left, printing their ids; `... enqueue` stores jobs until killed.
 */
import { randomUUID } from 'node:crypto'
import { openPostgresJobStore } from '../../src/queue/postgres-job-store.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'

const [path = '', owner = '', task = ''] = process.argv.slice(2)
const store = path.startsWith('postgresql:')
  ? await openPostgresJobStore({ url: path, createId: randomUUID, onError: console.error })
  : openSqliteJobStore({ path, clock: Date.now, createId: randomUUID })

if (task === 'enqueue') {
  for (let index = 0; ; index += 1) {
    const { job } = await store.enqueue({
      orthancStudyId: `${owner}-${index}`,
      studyInstanceUid: `1.2.${index}`,
      trigger: 'hook',
      force: false,
    })
    process.stdout.write(`${job.id}\n`)
    if (index % 3 === 0) await store.claim(owner, 60_000)
    // A pause, or three such processes leave nobody else a turn at the file.
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

for (;;) {
  const job = await store.claim(owner, 60_000)
  if (job === undefined) break
  process.stdout.write(`${job.id}\n`)
  const ending = { state: 'succeeded', outcome: { owner }, predecessorJobId: undefined } as const
  await store.finish(job.id, owner, ending, [])
}
await store.close()
