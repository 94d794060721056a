// Speed and memory of the whole path, with a real Orthanc and the real model.
//   npm run check -- bench [--kind crop|head] [--studies 30 or 10] [--memory-studies 300 or 0]
// Targets for whole heads on two idle cores: 3.0 s from hook to verified report (median), 2.0 s of it for
// localize and infer, 900 MB at the highest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findFreePort, type RunningOrthanc, startOrthanc } from '../../test/support/orthanc.ts'
import { prepareService, type RunningService } from '../../test/support/service.ts'
import { makeSampleSeries } from '../sample-study/sample-series.ts'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'
import { readMemory } from './process-memory.ts'
import { growthOf, summarize } from './statistics.ts'

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'crop' },
    studies: { type: 'string' },
    'memory-studies': { type: 'string' },
  },
})
const isHead = values.kind === 'head'
const studyCount = Number(values.studies ?? (isHead ? 10 : 30))
const memoryStudyCount = Number(values['memory-studies'] ?? (isHead ? 0 : 300))
const stages =
  'queue catalogue select fetch decode assemble localize infer measure report encode store verify'

interface JobAnswer {
  readonly state: string
  readonly studyInstanceUid: string
  readonly createdAt: string
  readonly analysisStartedAt: string
  readonly finishedAt: string
  readonly timings: readonly { stage: string; milliseconds: number }[]
}

const measuredSeries = makeSampleSeries().filter(({ description }) =>
  isHead ? description.startsWith('T1 3D') : description === 'HippoCrop',
)
const folder = mkdtempSync(join(tmpdir(), 'hippovolume-bench-'))

async function upload(orthanc: RunningOrthanc, seed: string): Promise<string> {
  const study = writeSampleStudy(folder, seed, measuredSeries)
  for (const file of study.files) await orthanc.upload(readFileSync(file))
  rmSync(folder, { recursive: true, force: true })
  return study.studyInstanceUid
}

async function listJobs(service: RunningService, query: string): Promise<JobAnswer[]> {
  const answer = await service.json<{ jobs: JobAnswer[] }>(`/api/v1/jobs?limit=100&${query}`)
  return answer.jobs
}

async function waitForResult(
  service: RunningService,
  studyInstanceUid: string,
): Promise<JobAnswer> {
  const deadline = Date.now() + 180_000
  for (;;) {
    const jobs = await listJobs(service, `study=${studyInstanceUid}`)
    const done = jobs.find(({ state }) => state === 'succeeded')
    if (done) return done
    if (jobs.some(({ state }) => state === 'failed' || state === 'rejected')) {
      throw new Error(`a study was not measured: ${JSON.stringify(jobs)}`)
    }
    if (Date.now() > deadline) throw new Error('a study had no result after three minutes')
    // Rarely: each poll uses the cores being measured.
    await sleep(250)
  }
}

function printStages(jobs: readonly JobAnswer[]): void {
  const row = (name: string, milliseconds: readonly number[]) => {
    const { median, p95 } = summarize(milliseconds)
    console.log(`${name.padEnd(24)}${median.toFixed(0).padStart(8)}${p95.toFixed(0).padStart(8)}`)
  }
  console.log(`${'milliseconds'.padEnd(24)}${'median'.padStart(8)}${'p95'.padStart(8)}`)
  const between = (from: string, to: string) => Date.parse(to) - Date.parse(from)
  row(
    'queue',
    jobs.map((job) => between(job.createdAt, job.analysisStartedAt)),
  )
  for (const stage of stages.split(' ').slice(1)) {
    row(
      stage,
      jobs.map(({ timings }) =>
        timings
          .filter((one) => one.stage === stage)
          .reduce((sum, one) => sum + one.milliseconds, 0),
      ),
    )
  }
  row(
    'localize and infer',
    jobs.map(({ timings }) =>
      timings
        .filter(({ stage }) => stage === 'localize' || stage === 'infer')
        .reduce((sum, one) => sum + one.milliseconds, 0),
    ),
  )
  row(
    'hook to verified report',
    jobs.map((job) => between(job.createdAt, job.finishedAt)),
  )
}

/** Sends many studies and prints the service's memory after every 25th. */
async function watchMemory(pid: number): Promise<void> {
  console.log(
    `\nmemory of the service and its analysis process over ${memoryStudyCount} studies, MB`,
  )
  const sizes: number[] = []
  for (let index = 0; index < memoryStudyCount; index += 1) {
    const studyInstanceUid = await upload(orthanc, `bench memory ${index}`)
    // In batches of 25: otherwise StableAge would dominate the time.
    if ((index + 1) % 25 !== 0) continue
    await waitForResult(service, studyInstanceUid)
    while ((await listJobs(service, 'state=queued&state=running')).length > 0) await sleep(50)
    const { now, peak } = readMemory(pid)
    sizes.push(now)
    console.log(`after ${String(index + 1).padStart(4)}: ${now} (peak ${peak})`)
  }
  const { peak } = readMemory(pid)
  console.log(
    `peak ${peak} MB; median of the second half less that of the first ${growthOf(sizes)} MB`,
  )
}

const hookToken = 'bench-hook-token-0123456789abcdef'
const servicePort = await findFreePort()
const orthanc = await startOrthanc({ hookUrl: `http://127.0.0.1:${servicePort}`, hookToken })
const service = await prepareService({
  archive: orthanc,
  port: servicePort,
  environment: { HOOK_TOKEN: hookToken, SWEEP_SECONDS: '30' },
})
try {
  await service.start()
  console.log(
    `${cpus().length} cores, Node ${process.version}; ${studyCount} studies of a ${isHead ? 'whole head' : 'HippoCrop'}, one after another`,
  )
  await waitForResult(service, await upload(orthanc, 'bench warm-up'))
  const jobs: JobAnswer[] = []
  for (let index = 0; index < studyCount; index += 1) {
    jobs.push(await waitForResult(service, await upload(orthanc, `bench ${index}`)))
  }
  printStages(jobs)
  console.log(`peak ${readMemory(service.pid!).peak} MB`)

  if (memoryStudyCount > 0) await watchMemory(service.pid!)
} finally {
  await service.stop()
  await orthanc.stop()
  rmSync(folder, { recursive: true, force: true })
}
