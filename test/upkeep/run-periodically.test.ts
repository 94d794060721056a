import { describe, expect, it, vi } from 'vitest'
import { runPeriodically } from '../../src/upkeep/run-periodically.ts'

describe('running a task periodically', () => {
  it('starts immediately, continues after a failure, and never runs concurrently', async () => {
    let running = 0
    let most = 0
    const errors: unknown[] = []
    const task = vi.fn(async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 15))
      running -= 1
      if (task.mock.calls.length === 2) throw new Error('the archive is away')
    })
    const periodic = runPeriodically(task, 5, (error) => errors.push(error))
    expect(task).toHaveBeenCalledTimes(1)
    await vi.waitFor(() => expect(task.mock.calls.length).toBeGreaterThan(3))
    await periodic.stop()
    expect(most).toBe(1)
    expect(errors).toEqual([new Error('the archive is away')])
  })

  it('waits for the current run when stopped, and starts no other', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const task = vi.fn(() => promise)
    const periodic = runPeriodically(task, 1, () => {})
    const stopped = periodic.stop()
    let isStopped = false
    stopped.then(() => {
      isStopped = true
    })
    await new Promise((next) => setTimeout(next, 10))
    expect(isStopped).toBe(false)
    resolve()
    await stopped
    await new Promise((next) => setTimeout(next, 10))
    expect(task).toHaveBeenCalledTimes(1)
  })
})
