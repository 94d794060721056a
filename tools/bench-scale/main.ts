// Scaling with the number of processes, beyond the cores of this machine: a simulation. Queue
// (PostgreSQL) and archive (Orthanc) are real and shared by all; what each process computes
// (decoding, inference, drawing, encoding) is measured once with the real service and then replaced
// by a wait of that length, as if every process had its own machine. npm run check --
// bench-scale [--processes 1,2,4,8] [--jobs 20] [--compute MILLISECONDS] --jobs is for each
// process; --compute skips the measurement and uses this wait.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { openPostgresJobStore } from '../../src/queue/postgres-job-store.ts'
import { startOrthanc } from '../../test/support/orthanc.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { repositoryPath } from '../repository-path.ts'
import { measureStages } from './measure-stages.ts'
import type { SimulationSettings } from './simulated-process.ts'

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '1,2,4,8' },
    jobs: { type: 'string', default: '20' },
    compute: { type: 'string' },
    measured: { type: 'string', default: '4' },
  },
})
const jobsEach = Number(values.jobs)

const folder = mkdtempSync(join(tmpdir(), 'hippovolume-scale-'))
const [postgres, orthanc] = [await startPostgres(), await startOrthanc()]
const children: ChildProcess[] = []

/** Starts a process and resolves when it polls for work; `onEnd` is called for each ended job. */
async function startProcess(
  settings: SimulationSettings,
  onEnd: () => void,
): Promise<ChildProcess> {
  const program = repositoryPath('tools/bench-scale/simulated-process.ts')
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout! })
  const isReady = Promise.withResolvers<void>()
  lines.on('line', (line) => {
    if (line === 'ready') isReady.resolve()
    else if (line === 'succeeded') onEnd()
    else throw new Error(`a simulated job ended ${line}`)
  })
  await isReady.promise
  return child
}

let number = 0

/** Seconds that this number of processes takes for their jobs, from the first to the last. */
async function measure(count: number, settings: SimulationSettings, studies: readonly string[]) {
  const store = await openPostgresJobStore({
    url: postgres.url,
    createId: randomUUID,
    onError: console.error,
  })
  const wanted = count * jobsEach
  let ended = 0
  const allEnded = Promise.withResolvers<void>()
  const processes = await Promise.all(
    Array.from({ length: count }, () =>
      startProcess(settings, () => {
        ended += 1
        if (ended === wanted) allEnded.resolve()
      }),
    ),
  )
  const started = performance.now()
  for (let index = 0; index < wanted; index += 1) {
    number += 1
    await store.enqueue({
      orthancStudyId: `${studies[index % studies.length]}#${number}`,
      studyInstanceUid: `1.2.${number}`,
      trigger: 'hook',
      force: false,
    })
  }
  await allEnded.promise
  const seconds = (performance.now() - started) / 1000
  for (const child of processes) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  await store.close()
  return seconds
}

try {
  const study = await measureStages(orthanc, folder, Number(values.measured))
  const computeMilliseconds = Number(values.compute ?? study.computeMilliseconds)
  console.log(`${cpus().length} cores, Node ${process.version}`)
  console.log(
    `SIMULATION: each job waits ${computeMilliseconds.toFixed(0)} ms (${values.compute ? 'as asked' : 'measured here with the real service'}) instead of computing; queue and archive are real`,
  )
  console.log('processes   jobs   seconds   jobs a minute   speed-up   efficiency')
  const { url, user, password } = orthanc
  const settings = {
    databaseUrl: postgres.url,
    archive: { url, user, password },
    computeMilliseconds,
    resultFiles: study.resultFiles,
  }
  let alone: number | undefined
  for (const count of values.processes.split(',').map(Number)) {
    const seconds = await measure(count, settings, study.orthancStudyIds)
    const rate = ((count * jobsEach) / seconds) * 60
    alone ??= rate / count
    const columns = [
      String(count).padStart(9),
      String(count * jobsEach).padStart(7),
      seconds.toFixed(1).padStart(10),
      rate.toFixed(1).padStart(16),
      (rate / alone).toFixed(2).padStart(11),
      `${((rate / alone / count) * 100).toFixed(0)} %`.padStart(13),
    ]
    console.log(columns.join(''))
  }
  console.log(
    'The difference to 100 % is the time spent waiting for PostgreSQL and Orthanc, and for the cores that they and the simulated processes share here.',
  )
} finally {
  for (const child of children) child.kill('SIGKILL')
  await orthanc.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
