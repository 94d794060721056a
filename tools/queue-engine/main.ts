// Tests which of the queue's guarantees pg-boss alone can provide, on a real PostgreSQL server
// (docs/adr/0011-several-machines-on-postgresql.md):   npm run check -- queue-engine
import { setTimeout as wait } from 'node:timers/promises'
import { PgBoss } from 'pg-boss'
import { startPostgres } from '../../test/support/postgres.ts'

type Policy = 'standard' | 'short' | 'singleton' | 'stately' | 'exclusive' | 'key_strict_fifo'

const server = await startPostgres()
const boss = new PgBoss({
  connectionString: server.url,
  superviseIntervalSeconds: 1,
  monitorIntervalSeconds: 1,
  schedule: false,
})
boss.on('error', () => undefined)

async function attempt<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work()
  } catch (error) {
    return `error: ${(error as Error).message.split('\n')[0]}`
  }
}

/**
 * The study is the key: an event and a forced request wait for it, then two machines fetch
 * concurrently.
 */
async function tryPolicy(policy: Policy): Promise<string> {
  const queue = `policy-${policy}`
  await boss.createQueue(queue, { policy })
  const send = (kind: string) =>
    attempt(() => boss.send(queue, { kind }, { singletonKey: 'study' }))
  const [event, again, forced] = [await send('event'), await send('event'), await send('forced')]
  const fetched = await Promise.all([1, 2].map(() => attempt(() => boss.fetch(queue))))
  const running = fetched.flatMap((jobs) => (Array.isArray(jobs) ? jobs : [])).length
  const errors = fetched.filter((jobs) => typeof jobs === 'string').length
  const whileRunning = await send('event')
  const is = (id: unknown) =>
    typeof id === 'string' && !id.startsWith('error') ? 'kept' : 'dropped'
  return [
    `second event ${is(event) === 'kept' ? is(again) : '-'}`,
    `forced beside event ${is(forced)}`,
    `running at once ${running}${errors > 0 ? `, ${errors} error` : ''}`,
    `event while running ${is(whileRunning)}`,
  ].join('; ')
}

/** Two machines fetch concurrently, many times: how often both got the study. */
async function tryGroups(rounds: number): Promise<string> {
  let both = 0
  for (let round = 0; round < rounds; round += 1) {
    const queue = `group-${round}`
    await boss.createQueue(queue)
    await boss.insert(
      queue,
      [1, 2].map(() => ({ group: { id: 'study' } })),
    )
    const fetched = await Promise.all([1, 2].map(() => boss.fetch(queue, { groupConcurrency: 1 })))
    if (fetched.flat().length > 1) both += 1
  }
  return `both ran in ${both} of ${rounds} rounds`
}

/**
 * A process claims a job and dies: how long until another one gets it, with the shortest times
 * allowed.
 */
async function tryDeath(options: { heartbeatSeconds?: number; expireInSeconds?: number }) {
  const queue = `death-${Object.keys(options)[0]}`
  await boss.createQueue(queue, { retryLimit: 1, ...options })
  await boss.send(queue, {})
  await boss.fetch(queue)
  const begun = performance.now()
  for (;;) {
    const [job] = await boss.fetch(queue, { includeMetadata: true })
    const seconds = (performance.now() - begun) / 1000
    if (job !== undefined)
      return `claimed again after ${seconds.toFixed(1)} s, attempt ${job.retryCount}`
    if (seconds > 90) return 'not claimed again within 90 s'
    await wait(250)
  }
}

/** A stopping process returns its job: whether that costs an attempt. */
async function tryRelease(): Promise<string> {
  await boss.createQueue('release', { retryLimit: 5 })
  const id = (await boss.send('release', {}))!
  const counts: number[] = []
  for (let round = 0; round < 3; round += 1) {
    const [job] = await boss.fetch('release', { includeMetadata: true })
    counts.push(job?.retryCount ?? Number.NaN)
    await boss.cancel('release', id)
    await boss.resume('release', id)
  }
  return `attempts counted after returning the job, without a failure: ${counts.join(', ')}`
}

try {
  await boss.start()
  const policies = ['standard', 'short', 'singleton', 'stately', 'exclusive', 'key_strict_fifo']
  for (const policy of policies as Policy[]) console.log(`${policy}: ${await tryPolicy(policy)}`)
  console.log(`groupConcurrency 1: ${await tryGroups(40)}`)
  console.log(`release: ${await tryRelease()}`)
  console.log(`death, shortest heartbeat (10 s): ${await tryDeath({ heartbeatSeconds: 10 })}`)
  console.log(`death, expiry of 2 s: ${await tryDeath({ expireInSeconds: 2 })}`)
} finally {
  await boss.stop({ graceful: false })
  await server.stop()
}
