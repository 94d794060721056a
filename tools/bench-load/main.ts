// A steady load of whole heads, as scanners would send them on a busy day: does the service keep
// up, and does its memory stay constant? npm run check -- bench-load [--per-minute 30] [--minutes
// 10] [--concurrency 1] Sends the studies from this machine, too, which uses some of its cores;
// 'sent' shows whether sending kept up. Targets on two cores: 30 a minute for ten minutes, memory
// flat.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findFreePort, startOrthanc } from '../../test/support/orthanc.ts'
import { prepareService } from '../../test/support/service.ts'
import { readMemory } from '../bench/process-memory.ts'
import { growthOf, summarize } from '../bench/statistics.ts'
import { makeSampleSeries } from '../sample-study/sample-series.ts'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'
import { listAllJobs } from '../worst-day/list-jobs.ts'
import { sendFiles } from '../worst-day/send-files.ts'
import { copyStudy } from './copy-study.ts'

const { values } = parseArgs({
  options: {
    'per-minute': { type: 'string', default: '30' },
    minutes: { type: 'string', default: '10' },
    concurrency: { type: 'string', default: '1' },
  },
})
const perMinute = Number(values['per-minute'])
const minutes = Number(values.minutes)

const head = makeSampleSeries().filter(({ description }) => description.startsWith('T1 3D'))
// In memory if possible: a scanner's disk is not this machine's.
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const folder = mkdtempSync(join(place, 'hippovolume-load-'))
const hookToken = 'load-hook-token-0123456789abcdef'
const port = await findFreePort()
const orthanc = await startOrthanc({ hookUrl: `http://127.0.0.1:${port}`, hookToken })
const service = await prepareService({
  archive: orthanc,
  port,
  environment: {
    HOOK_TOKEN: hookToken,
    SWEEP_SECONDS: '60',
    WORKER_CONCURRENCY: values.concurrency,
  },
})

const patientId = 'LOAD-0000'
const pattern = writeSampleStudy(join(folder, 'pattern'), 'load', head, patientId)
let sent = 0

/** One patient after another, each at its time or, if the machine is late, as soon as possible. */
async function sendHeads(started: number): Promise<void> {
  const end = started + minutes * 60_000
  for (let index = 0; index < perMinute * minutes; index += 1) {
    const moment = started + (index * 60_000) / perMinute
    if (Date.now() > end) return
    await sleep(Math.max(0, moment - Date.now()))
    const copies = join(folder, String(index))
    const files = copyStudy(pattern.files, patientId, copies, index)
    await sendFiles(files, orthanc)
    rmSync(copies, { recursive: true, force: true })
    sent += 1
  }
}

const measured = async () =>
  (await listAllJobs(service)).filter(({ state }) => state === 'succeeded')

try {
  await service.start()
  console.log(
    `${cpus().length} cores, Node ${process.version}; ${perMinute} heads a minute, ${values.concurrency} worked on at a time`,
  )
  console.log('minute    sent   measured   memory, MB   (peak)')
  const started = Date.now()
  const sending = sendHeads(started)
  const sizes: number[] = []
  for (let minute = 1; minute <= minutes; minute += 1) {
    await sleep(Math.max(0, started + minute * 60_000 - Date.now()))
    const { now, peak } = readMemory(service.pid!)
    sizes.push(now)
    const done = (await measured()).length
    const columns = [
      String(minute).padStart(6),
      String(sent).padStart(8),
      String(done).padStart(11),
    ]
    console.log(`${columns.join('')}${String(now).padStart(13)}   (${peak})`)
  }
  await sending
  let done = await measured()
  const inTime = done.length
  // A service that kept up has at most one head left; do not wait for one that did not.
  const deadline = Date.now() + 5000
  while (done.length < sent && Date.now() < deadline) {
    await sleep(100)
    done = await measured()
  }
  const waits = summarize(
    done.map(({ createdAt, finishedAt }) => Date.parse(finishedAt!) - Date.parse(createdAt)),
  )
  console.log(
    `measured ${(inTime / minutes).toFixed(1)} a minute of ${(sent / minutes).toFixed(1)} sent, and ${done.length} of ${sent} within 5 s of the last minute; from hook to result: median ${(waits.median / 1000).toFixed(1)} s, p95 ${(waits.p95 / 1000).toFixed(1)} s; memory of the second half less that of the first ${growthOf(sizes)} MB`,
  )
} finally {
  await service.stop()
  await orthanc.stop()
  rmSync(folder, { recursive: true, force: true })
}
