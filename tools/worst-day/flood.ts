// A flood: crop studies from four scanners at once, while services are killed and Orthanc and
// PostgreSQL restart. At the end every study must have exactly one complete result. npm run check
// -- flood [--studies 2000] [--queue postgres|embedded] [--processes 2] [--kills 20] [--restarts 3]
// [--seed 1] Prints throughput, the time from hook to result, and memory.
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findFreePort, startOrthanc } from '../../test/support/orthanc.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { prepareService } from '../../test/support/service.ts'
import { readMemory } from '../bench/process-memory.ts'
import { summarize } from '../bench/statistics.ts'
import { makeSampleSeries } from '../sample-study/sample-series.ts'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'
import { seededRandom } from '../seeded-random.ts'
import { countStates, listAllJobs, waitUntilQuiet } from './list-jobs.ts'
import { sendFiles } from './send-files.ts'
import { spreadHooks } from './spread-hooks.ts'
import { countWholeResults } from './whole-results.ts'

const { values } = parseArgs({
  options: {
    studies: { type: 'string', default: '2000' },
    queue: { type: 'string', default: 'postgres' },
    processes: { type: 'string' },
    kills: { type: 'string' },
    restarts: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    'queue-hours': { type: 'string', default: '6' },
  },
})
const isEmbedded = values.queue === 'embedded'
const studyCount = Number(values.studies)
const processCount = isEmbedded ? 1 : Number(values.processes ?? 2)
const killCount = Number(values.kills ?? Math.max(2, Math.round(studyCount / 100)))
const restartCount = Number(values.restarts)
const random = seededRandom(Number(values.seed))
const senders = 4

const say = (line: string) => process.stdout.write(`${line}\n`)
const cropOnly = makeSampleSeries().filter(({ description }) => description === 'HippoCrop')
const folder = mkdtempSync(join(tmpdir(), 'hippovolume-flood-'))
const hookToken = 'flood-hook-token-0123456789abcdef'
const hookPort = await findFreePort()
const postgres = isEmbedded ? undefined : await startPostgres()
const orthanc = await startOrthanc({ hookUrl: `http://127.0.0.1:${hookPort}`, hookToken })
const services = await Promise.all(
  Array.from({ length: processCount }, () =>
    prepareService({
      archive: orthanc,
      startSeconds: 300,
      environment: {
        HOOK_TOKEN: hookToken,
        MAX_ATTEMPTS: '100',
        LEASE_SECONDS: '10',
        INFERENCE_THREADS: processCount > 1 ? '1' : '2',
        ...(postgres && { DATABASE_URL: postgres.url }),
      },
    }),
  ),
)
const [first] = services as [(typeof services)[number]]
const hooks = await spreadHooks(
  hookPort,
  services.map(({ url }) => url),
)

let [sent, isOver] = [0, false]
const peaks = services.map(() => 0)

async function sendAll(): Promise<void> {
  let next = 0
  const send = async () => {
    while (next < studyCount) {
      const index = next++
      const place = join(folder, String(index))
      const seed = `flood ${values.seed} ${index}`
      const { files } = writeSampleStudy(place, seed, cropOnly, `FLOOD-${values.seed}-${index}`)
      await sendFiles(files, orthanc)
      rmSync(place, { recursive: true, force: true })
      sent += 1
      if (sent % 100 === 0) say(`sent ${sent}`)
    }
  }
  await Promise.all(Array.from({ length: senders }, send))
}

/** Spread over the sending and slightly beyond, in random order. */
async function killServices(): Promise<void> {
  const moments = Array.from({ length: killCount }, () => random() * studyCount).sort(
    (a, b) => a - b,
  )
  for (const [index, moment] of moments.entries()) {
    while (sent < moment) await sleep(100)
    await sleep(random() * 3_000)
    const service = services[Math.floor(random() * services.length)]!
    await service.kill()
    say(`killed a service (${index + 1} of ${killCount})`)
    await sleep(random() * 1_000)
    const began = Date.now()
    await service.start()
    say(`it is back after ${((Date.now() - began) / 1000).toFixed(1)} s`)
  }
}

async function restartOthers(): Promise<void> {
  for (let turn = 1; turn <= restartCount; turn += 1) {
    while (sent < (studyCount * turn) / (restartCount + 1)) await sleep(100)
    say(`restarting Orthanc (${turn} of ${restartCount})`)
    await orthanc.restart()
    if (postgres === undefined) continue
    await sleep(random() * 5_000)
    say(`restarting PostgreSQL (${turn} of ${restartCount})`)
    await (turn % 2 ? postgres.kill() : postgres.halt())
    await sleep(random() * 5_000)
    await postgres.start()
  }
}

async function watchMemory(): Promise<void> {
  while (!isOver) {
    for (const [index, { pid, exitCode }] of services.entries()) {
      if (pid === undefined || exitCode !== null) continue
      try {
        peaks[index] = Math.max(peaks[index] ?? 0, readMemory(pid).peak)
      } catch {
        // killed between the two checks
      }
    }
    await sleep(1_000)
  }
}

let failed = true
try {
  for (const service of services) await service.start()
  say(
    `${cpus().length} cores, Node ${process.version}; ${studyCount} studies by ${senders} storescu to ${processCount} process(es), ${isEmbedded ? 'embedded queue' : 'PostgreSQL'}`,
  )
  const started = Date.now()
  const watching = watchMemory()
  await Promise.all([sendAll(), killServices(), restartOthers()])
  const sentAfter = (Date.now() - started) / 1000
  await waitUntilQuiet(first, {
    quietMilliseconds: 10_000,
    atMostHours: Number(values['queue-hours']),
    tell: (left) => say(`${left ?? '?'} jobs left`),
  })
  isOver = true
  await watching

  const jobs = await listAllJobs(first)
  const ofStudy = new Map<string, { asked: number; done: number }>()
  for (const { state, orthancStudyId, createdAt, finishedAt } of jobs) {
    if (state !== 'succeeded' || finishedAt === undefined) continue
    // The sweep may have been faster than a repeated hook call.
    const called = hooks.firstCalls.get(orthancStudyId) ?? Number.POSITIVE_INFINITY
    const asked = Math.min(called, Date.parse(createdAt))
    ofStudy.set(orthancStudyId, { asked, done: Date.parse(finishedAt) })
  }
  const results = [...ofStudy.values()]
  const waits = summarize(results.map(({ asked, done }) => (done - asked) / 1000))
  const seconds = (Math.max(...results.map(({ done }) => done)) - started) / 1000
  const states = countStates(jobs)
  const counts = await countWholeResults(orthanc)
  const attempts = Math.max(...jobs.map((job) => job.attempts))
  say(`sent in ${sentAfter.toFixed(0)} s; the last result after ${seconds.toFixed(0)} s`)
  say(`throughput ${((studyCount / seconds) * 60).toFixed(1)} studies a minute`)
  say(`from hook to result: median ${waits.median.toFixed(1)} s, p95 ${waits.p95.toFixed(1)} s`)
  say(`peak memory of each process with its analysis: ${peaks.join(', ')} MB`)
  say(
    `services killed ${killCount} times, Orthanc${postgres ? ' and PostgreSQL' : ''} restarted ${restartCount} times, hook calls lost ${hooks.lost()}; at most ${attempts} attempts`,
  )
  say(`jobs: ${JSON.stringify(states)}`)
  say(
    `studies ${counts.studies}: exactly one whole result ${counts.exactlyOne}, none ${counts.none}, otherwise ${counts.otherwise}`,
  )
  failed = counts.exactlyOne !== studyCount || counts.studies !== studyCount
} finally {
  isOver = true
  if (failed) for (const service of services) say(service.readLog().slice(-3_000))
  hooks.server.close()
  for (const service of services) await service.stop()
  await orthanc.stop()
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
}
say(failed ? 'FAILED' : 'passed: every study has exactly one result')
process.exitCode = failed ? 1 : 0
