import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import { startWorkerThread, type WorkerThread } from '../../src/threads/worker-thread.ts'
import type { FragileRequest } from './fixtures/fragile-worker.ts'

type Request = { what: FragileRequest; value: number }
const cleanups: (() => unknown)[] = []

async function start(
  changes: { timeLimit?: number; startsOnce?: boolean; onAbort?: 'finish' | 'end' } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'hippo-thread-'))
  const warnings: string[] = []
  const thread: WorkerThread<Request, number> = await startWorkerThread({
    file: new URL('./fixtures/fragile-worker.ts', import.meta.url),
    workerData: { mark: join(folder, 'mark'), startsOnce: changes.startsOnce },
    timeLimit: changes.timeLimit ?? 10_000,
    purpose: {
      name: 'inference',
      work: 'the segmentation',
      stage: 'infer',
      code: 'INFERENCE_FAILED',
      onAbort: changes.onAbort ?? 'finish',
    },
    warn: (_, message) => warnings.push(message),
  })
  cleanups.push(
    () => thread.close(),
    () => rmSync(folder, { recursive: true }),
  )
  const ask = (what: FragileRequest, value = 1, signal?: AbortSignal) =>
    thread.ask({ what, value }, [], signal)
  return { thread, ask, warnings }
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

describe('the worker thread', () => {
  it('serves requests in order', async () => {
    const { ask } = await start()
    const finished: number[] = []
    await Promise.all(
      [1, 2, 3].map((value) =>
        ask(value === 1 ? 'slow' : 'echo', value).then((answer) => finished.push(answer)),
      ),
    )
    expect(finished).toEqual([1, 2, 3])
  })

  it.each(['crash', 'exit'] as const)('fails the request on a %s and restarts', async (what) => {
    const { ask } = await start()
    const broken = ask(what)
    const behind = ask('echo', 7)
    await expect(broken).rejects.toMatchObject({ code: 'INFERENCE_FAILED', retryable: true })
    expect(await behind).toBe(7)
  })

  it('terminates a hanging thread and restarts', async () => {
    const { ask, warnings } = await start({ timeLimit: 300 })
    await expect(ask('hang')).rejects.toMatchObject({ code: 'INFERENCE_FAILED' })
    expect(warnings).toEqual(['The inference thread hangs'])
    expect(await ask('echo', 7)).toBe(7)
  })

  it('gives a retryable error if the thread cannot be restarted', async () => {
    const { ask } = await start({ startsOnce: true })
    await expect(ask('exit')).rejects.toMatchObject({ code: 'INFERENCE_FAILED' })
    await expect(ask('echo')).rejects.toMatchObject({ code: 'INFERENCE_FAILED', retryable: true })
  })

  it('passes a coded error on with its details, and survives it', async () => {
    const { ask } = await start()
    await expect(ask('refuse', 12)).rejects.toSatisfy(
      (error) =>
        error instanceof HippoError &&
        error.code === 'CROP_UNSUITABLE' &&
        error.message === 'Too small.' &&
        error.details?.value === 12,
    )
    await expect(ask('throw')).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: 'The model could not be run on this series: a bug',
    })
    expect(await ask('echo', 3)).toBe(3)
  })

  it('rejects immediately when cancelled, waiting or running, and continues with the others', async () => {
    const { ask } = await start()
    const [running, waiting] = [new AbortController(), new AbortController()]
    const first = ask('slow', 1, running.signal)
    const second = ask('echo', 2, waiting.signal)
    const third = ask('echo', 3)
    running.abort()
    waiting.abort(new HippoError('LEASE_LOST', 'Another one has the job.'))
    await expect(first).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
    await expect(second).rejects.toMatchObject({ code: 'LEASE_LOST' })
    expect(await third).toBe(3)
    await expect(ask('echo', 4, running.signal)).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
  })

  it('terminates the thread on an abort if configured, and restarts', async () => {
    const { ask, warnings } = await start({ onAbort: 'end' })
    const running = new AbortController()
    const hanging = ask('hang', 1, running.signal)
    const behind = ask('echo', 2)
    // Until the thread has the request in hand.
    await new Promise((resolve) => setTimeout(resolve, 50))
    running.abort()
    await expect(hanging).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
    expect(await behind).toBe(2)
    expect(warnings).toEqual([])
  })

  it('fails the current request and every later one once closed', async () => {
    const { thread, ask } = await start()
    const running = ask('hang')
    const failing = expect(running).rejects.toMatchObject({ code: 'INFERENCE_FAILED' })
    await ask('echo', 1, AbortSignal.abort()).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await thread.close()
    await failing
    await expect(ask('echo')).rejects.toMatchObject({ code: 'INFERENCE_FAILED' })
  })
})
