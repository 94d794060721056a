// One process of the simulation: real queue, real archive, and a wait instead of the process's own
// computation. Started by main.ts with its settings as JSON; prints a line for each ended job.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createArchive } from '../../src/archive/archive.ts'
import { openPostgresJobStore } from '../../src/queue/postgres-job-store.ts'
import { startWorkers } from '../../src/queue/worker-loop.ts'
import { renameInstance } from './rename-instance.ts'

export interface SimulationSettings {
  readonly databaseUrl: string
  readonly archive: { readonly url: string; readonly user: string; readonly password: string }
  readonly computeMilliseconds: number
  readonly resultFiles: readonly string[]
}

const settings = JSON.parse(process.argv[2] ?? '{}') as SimulationSettings
const archive = createArchive({
  ...settings.archive,
  dicomWebRoot: '/dicom-web',
  connections: 8,
  timeoutMilliseconds: 30_000,
})
const files = settings.resultFiles.map((path) => readFileSync(path))
const store = await openPostgresJobStore({
  url: settings.databaseUrl,
  createId: randomUUID,
  onError: console.error,
})
const quiet = { info: () => {}, warn: () => {}, error: console.error }
const owner = randomUUID()

const workers = startWorkers({
  store,
  async run(job, { signal }) {
    // The queue has this many studies; the archive has a few, which are read repeatedly.
    const [studyId = '', number = ''] = job.orthancStudyId.split('#')
    const { study, series } = await archive.readCatalogue(studyId, { signal })
    for (const { seriesInstanceUid, instances, isOwnResult } of series) {
      if (isOwnResult) continue
      const { studyInstanceUid } = study
      const wanted = { studyInstanceUid, seriesInstanceUid, instances }
      await archive.fetchSeries(wanted, { maximumBytes: 4e8, signal })
    }
    await sleep(settings.computeMilliseconds, undefined, { signal })
    for (const [index, file] of files.entries()) {
      const renamed = renameInstance(file, `${number}${index}`)
      const { orthancInstanceId } = await archive.storeInstance(renamed, { signal })
      await archive.verifyInstance(orthancInstanceId, renamed, { signal })
    }
    return { state: 'succeeded', outcome: {}, predecessorJobId: undefined }
  },
  concurrency: 1,
  owner,
  leaseMilliseconds: 20_000,
  pollMilliseconds: 200,
  retry: { maximumAttempts: 8, baseMilliseconds: 500, maximumMilliseconds: 5_000 },
  clock: Date.now,
  random: Math.random,
  log: quiet,
  onFinished: (_, { state }) => process.stdout.write(`${state}\n`),
})
process.stdout.write('ready\n')
process.once('SIGTERM', async () => {
  await workers.stop()
  await store.close()
  await archive.close()
  process.exit(0)
})
