// The worst day: studies keep coming while the service is killed again and again, Orthanc restarts and
// hook calls get lost. At the end every study must have exactly one result.
//   npm run check -- kill [--studies 25] [--kills 25] [--seed 1]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findFreePort, type RunningOrthanc, startOrthanc } from '../../test/support/orthanc.ts'
import { prepareService, type RunningService } from '../../test/support/service.ts'
import { makeSampleSeries } from '../sample-study/sample-series.ts'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'
import { seededRandom } from '../seeded-random.ts'
import { startDroppingProxy } from './dropping-proxy.ts'
import { sendFiles } from './send-files.ts'

const { values } = parseArgs({
  options: {
    studies: { type: 'string', default: '25' },
    kills: { type: 'string', default: '25' },
    seed: { type: 'string', default: '1' },
  },
})
const studyCount = Number(values.studies)
const killCount = Number(values.kills)
const random = seededRandom(Number(values.seed))
const quietMilliseconds = 8_000

/** Modalities of the instances of one result, and how many of each it has: the page has two. */
const wholeResult: Readonly<Record<string, number>> = { SEG: 1, SR: 1, OT: 2 }

interface Stored {
  readonly studyInstanceUid: string
  /** Instances of each modality, as parts of what one result has. */
  readonly counts: readonly number[]
}

async function countResults(orthanc: RunningOrthanc): Promise<Stored[]> {
  const find = async (level: string, query: object) => {
    const answer = await orthanc.request('/tools/find', {
      method: 'POST',
      body: JSON.stringify({ Level: level, Expand: true, Query: query }),
    })
    return (await answer.json()) as { MainDicomTags: Record<string, string> }[]
  }
  const stored: Stored[] = []
  for (const { MainDicomTags } of await find('Study', {})) {
    const studyInstanceUid = MainDicomTags.StudyInstanceUID ?? ''
    const counts = []
    for (const [Modality, wanted] of Object.entries(wholeResult)) {
      const query = { StudyInstanceUID: studyInstanceUid, Modality }
      counts.push((await find('Instance', query)).length / wanted)
    }
    stored.push({ studyInstanceUid, counts })
  }
  return stored
}

async function killRepeatedly(service: RunningService, isOver: () => boolean): Promise<number> {
  let kills = 0
  while (kills < killCount && !isOver()) {
    await sleep(200 + random() * 2_300)
    await service.kill()
    kills += 1
    process.stdout.write(`killed the service (${kills} of ${killCount})\n`)
    await service.start()
  }
  return kills
}

async function waitUntilQuiet(service: RunningService): Promise<Record<string, number>> {
  let quietSince = Date.now()
  let counts: Record<string, number> = {}
  const deadline = Date.now() + 10 * 60_000
  while (Date.now() - quietSince < quietMilliseconds) {
    if (Date.now() > deadline) throw new Error('the queue did not come to rest in ten minutes')
    const { jobs } = await service.json<{ jobs: { state: string }[] }>('/api/v1/jobs?limit=200')
    counts = {}
    for (const { state } of jobs) counts[state] = (counts[state] ?? 0) + 1
    if ((counts.queued ?? 0) + (counts.running ?? 0) > 0) quietSince = Date.now()
    await sleep(250)
  }
  return counts
}

// Without the whole head: the crop and what must be passed over are enough.
const fewSeries = makeSampleSeries().filter(({ slices }) => slices.length < 100)
const folder = mkdtempSync(join(tmpdir(), 'hippovolume-kill-'))
const [proxyPort, servicePort] = [await findFreePort(), await findFreePort()]
const hookToken = 'kill-test-hook-token-0123456789'
const orthanc = await startOrthanc({ hookUrl: `http://127.0.0.1:${proxyPort}`, hookToken })
const service = await prepareService({
  archive: orthanc,
  port: servicePort,
  environment: { HOOK_TOKEN: hookToken, MAX_ATTEMPTS: '100' },
})
const proxy = await startDroppingProxy(service.url, proxyPort, random)
let failed = true
try {
  await service.start()
  const started = Date.now()
  let sent = 0
  const sending = (async () => {
    for (let index = 0; index < studyCount; index += 1) {
      const study = writeSampleStudy(
        join(folder, String(index)),
        `kill ${values.seed} ${index}`,
        fewSeries,
      )
      await sendFiles(
        study.files.filter((file) => !/whole/i.test(file)),
        orthanc,
      )
      sent += 1
      rmSync(join(folder, String(index)), { recursive: true, force: true })
      await sleep(random() * 2_000)
    }
  })()
  const restarting = (async () => {
    for (const share of [1 / 3, 2 / 3]) {
      while (sent < studyCount * share) await sleep(100)
      process.stdout.write('restarting Orthanc\n')
      await orthanc.restart()
    }
  })()
  const kills = await killRepeatedly(service, () => false)
  await Promise.all([sending, restarting])
  const counts = await waitUntilQuiet(service)

  const stored = await countResults(orthanc)
  const studiesWith = (isSo: (count: number) => boolean) =>
    stored.filter(({ counts }) => counts.every(isSo)).length
  const exactlyOne = studiesWith((count) => count === 1)
  const several = stored.filter(({ counts }) => counts.some((count) => count > 1)).length
  const seconds = Math.round((Date.now() - started) / 1000)
  process.stdout.write(
    `${[
      `studies sent ${sent}, in Orthanc ${stored.length}`,
      `service killed ${kills} times, Orthanc restarted twice, hook calls lost ${proxy.dropped()}, arrived ${proxy.passed()}`,
      `jobs: ${JSON.stringify(counts)}`,
      `studies with exactly one whole result ${exactlyOne}, with none ${studiesWith((count) => count === 0)}, with anything twice ${several}`,
      `took ${seconds} s`,
    ].join('\n')}\n`,
  )
  failed = exactlyOne !== studyCount || stored.length !== studyCount
} finally {
  if (failed) process.stdout.write(service.readLog().slice(-4_000))
  proxy.server.close()
  await service.stop()
  await orthanc.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(failed ? 'FAILED\n' : 'passed: every study has exactly one result\n')
process.exitCode = failed ? 1 : 0
