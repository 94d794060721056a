// The worst day: studies keep coming while the service is killed again and again, Orthanc restarts and
// hook calls get lost. At the end every study must have exactly one result.
//   npm run check -- kill [--studies 25] [--kills 25] [--seed 1]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { findFreePort, startOrthanc } from '../../test/support/orthanc.ts'
import { prepareService, type RunningService } from '../../test/support/service.ts'
import { makeSampleSeries } from '../sample-study/sample-series.ts'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'
import { seededRandom } from '../seeded-random.ts'
import { startDroppingProxy } from './dropping-proxy.ts'
import { countStates, listAllJobs, waitUntilQuiet } from './list-jobs.ts'
import { sendFiles } from './send-files.ts'
import { countWholeResults } from './whole-results.ts'

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

// Without the whole head: the crop and the skipped series are enough.
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
  await waitUntilQuiet(service, { quietMilliseconds: 8_000, atMostHours: 1 / 6 })
  const states = countStates(await listAllJobs(service))
  const { studies, exactlyOne, none, otherwise } = await countWholeResults(orthanc)
  const seconds = Math.round((Date.now() - started) / 1000)
  process.stdout.write(
    `${[
      `studies sent ${sent}, in Orthanc ${studies}`,
      `service killed ${kills} times, Orthanc restarted twice, hook calls lost ${proxy.dropped()}, arrived ${proxy.passed()}`,
      `jobs: ${JSON.stringify(states)}`,
      `studies with exactly one whole result ${exactlyOne}, with none ${none}, otherwise ${otherwise}`,
      `took ${seconds} s`,
    ].join('\n')}\n`,
  )
  failed = exactlyOne !== studyCount || studies !== studyCount
} finally {
  if (failed) process.stdout.write(service.readLog().slice(-4_000))
  proxy.server.close()
  await service.stop()
  await orthanc.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(failed ? 'FAILED\n' : 'passed: every study has exactly one result\n')
process.exitCode = failed ? 1 : 0
