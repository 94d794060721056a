import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type AnalysisHost, startAnalysisHost } from '../../src/analysis/analysis-host.ts'
import { HippoError } from '../../src/errors.ts'
import type { Job } from '../../src/queue/job.ts'
import { pollUntil } from '../whole-path/poll-until.ts'

const program = new URL('./fixtures/moody-analysis.ts', import.meta.url)
const history = { recentJobs: async () => [], succeededJobs: async () => [] }
const log = { error() {} }
const jobOf = (orthancStudyId: string) => ({ id: orthancStudyId, orthancStudyId }) as Job

function makeContext() {
  const controller = new AbortController()
  const told: unknown[] = []
  return {
    controller,
    told,
    context: {
      signal: controller.signal,
      assignRunNumber: async (runNumber: number) => void told.push(runNumber),
      recordStage: (timing: object) => void told.push(timing),
      recordOutcome: (outcome: unknown) => void told.push(outcome),
    },
  }
}

let host: AnalysisHost | undefined
const asked: unknown[] = []
const compared: unknown[] = []
const folder = mkdtempSync(join(tmpdir(), 'hippovolume-host-'))
const broken = join(folder, 'broken')

afterAll(() => rmSync(folder, { recursive: true }))
afterEach(async () => {
  await host?.close()
  rmSync(broken, { force: true })
  delete process.env.MOODY_BROKEN_WHEN
})

const start = async (timeLimitMilliseconds = 60_000) => {
  process.env.MOODY_BROKEN_WHEN = broken
  asked.length = 0
  host = await startAnalysisHost({
    program,
    history,
    requestMeasurement: async (study) => void asked.push(study),
    onShadow: (comparison) => void compared.push(comparison),
    timeLimitMilliseconds,
    log,
  })
  return host
}

describe('the host of the analysis process', () => {
  it('runs a job in the process and receives its stages, outcome and run number in order', async () => {
    const { run, modelVersion } = await start()
    const { context, told } = makeContext()
    expect(modelVersion()).toBe('1.2.3')
    expect(await run(jobOf('good'), context)).toMatchObject({
      state: 'succeeded',
      outcome: { volume: 1 },
    })
    expect(told).toEqual([{ stage: 'infer', milliseconds: 5 }, 2])
  })

  it('queues an earlier study on request of the process', async () => {
    const { run } = await start()
    await run(jobOf('compare'), makeContext().context)
    expect(asked).toEqual([{ orthancStudyId: 'earlier', studyInstanceUid: '1.2' }])
  })

  it('passes coded errors on unchanged', async () => {
    const { run } = await start()
    const { context, told } = makeContext()
    const error = await run(jobOf('reject'), context).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HippoError)
    expect(error).toMatchObject({
      code: 'SLICES_MISSING',
      stage: 'assemble',
      details: { slices: 3 },
    })
    expect(told).toEqual([{ seen: 'something' }])
  })

  it('passes an abort on with its reason', async () => {
    const { run } = await start()
    const { context, controller } = makeContext()
    const running = run(jobOf('wait'), context)
    controller.abort(new HippoError('JOB_CANCELLED', 'The job was cancelled.'))
    await expect(running).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
  })

  it('fails a run whose process crashes with a retryable error, and restarts', async () => {
    const { run, modelVersion } = await start()
    await expect(run(jobOf('crash'), makeContext().context)).rejects.toMatchObject({
      code: 'ANALYSIS_CRASHED',
      retryable: true,
    })
    expect(() => modelVersion()).toThrow(/restarting/)
    await pollUntil('the process to come back', async () => isUp(modelVersion))
    expect(await run(jobOf('good'), makeContext().context)).toMatchObject({ state: 'succeeded' })
  })

  it('ends a process in which a run hangs', async () => {
    const { run } = await start(300)
    await expect(run(jobOf('hang'), makeContext().context)).rejects.toMatchObject({
      code: 'ANALYSIS_CRASHED',
      message: expect.stringContaining('exceeded its time limit'),
    })
  })

  it('restarts once its model is repaired', async () => {
    const { run, modelVersion } = await start()
    writeFileSync(broken, '')
    await expect(run(jobOf('crash'), makeContext().context)).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(isUp(modelVersion)).toBe(false)
    rmSync(broken)
    await pollUntil('the process to come back', async () => isUp(modelVersion))
  })

  it('switches to another model, while a running job finishes with the one it started with', async () => {
    const { run, modelVersion, reload } = await start()
    const slow = makeContext()
    const before = run(jobOf('slow'), slow.context)
    await reload({ active: 'new' })
    expect(modelVersion()).toBe('new')
    expect(await run(jobOf('version'), makeContext().context)).toMatchObject({ outcome: 'new' })
    expect(await before).toMatchObject({ outcome: '1.2.3' })
    expect(slow.told).toContainEqual({ stage: 'infer', milliseconds: 5 })
  })

  it('cancels a job that still runs with the previous model', async () => {
    const { run, reload } = await start()
    const { context, controller } = makeContext()
    const running = run(jobOf('wait'), context)
    await reload({ active: 'new' })
    controller.abort(new HippoError('JOB_CANCELLED', 'The job was cancelled.'))
    await expect(running).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
  })

  it('keeps its model if another cannot be loaded', async () => {
    const { run, modelVersion, reload } = await start()
    writeFileSync(broken, '')
    await expect(reload({ active: 'new' })).rejects.toMatchObject({ code: 'MODEL_MISSING' })
    expect(modelVersion()).toBe('1.2.3')
    expect(await run(jobOf('version'), makeContext().context)).toMatchObject({ outcome: '1.2.3' })
  })

  it('restarts after a crash with the last selected model', async () => {
    const { run, modelVersion, reload } = await start()
    await reload({ active: 'new' })
    await expect(run(jobOf('crash'), makeContext().context)).rejects.toThrow()
    await pollUntil('the process to come back', async () => isUp(modelVersion))
    expect(modelVersion()).toBe('new')
  })

  it('reports comparisons of a second model and the memory in use', async () => {
    const { run, residentMemory } = await start()
    await run(jobOf('shadow'), makeContext().context)
    await pollUntil('the comparison', async () => compared.length > 0)
    expect(compared).toEqual([{ jobId: 'shadow' }])
    expect(await residentMemory()).toBeGreaterThan(10_000_000)
  })

  it('rejects with the error if it cannot start at all', async () => {
    writeFileSync(broken, '')
    await expect(start()).rejects.toMatchObject({ code: 'MODEL_MISSING' })
  })
})

function isUp(modelVersion: () => string): boolean {
  try {
    return modelVersion() !== ''
  } catch {
    return false
  }
}
