import { describe, expect, it } from 'vitest'
import type { WorkStore } from '../../src/queue/job-store.ts'
import { holdBack, watchDisk } from '../../src/upkeep/watch-disk.ts'

const megabyte = 1e6

describe('the room on the disk', () => {
  function watch(minimumMegabytes: number) {
    let free = 900 * megabyte
    let now = 0
    const warnings: string[] = []
    const disk = watchDisk({
      ...{ folder: '/', minimumMegabytes, monotonicClock: () => now },
      measure: async () => free,
      log: { warn: (_, message) => warnings.push(message) },
    })
    return {
      disk,
      warnings,
      set: (bytes: number, later = 10_000) => {
        free = bytes
        now += later
      },
    }
  }

  it('is sufficient down to the limit, and reported below it', async () => {
    const { disk, set, warnings } = watch(500)
    await disk.check()
    set(500 * megabyte)
    expect(await disk.hasRoom()).toBe(true)
    set(499.9 * megabyte)
    await expect(disk.check()).rejects.toMatchObject({
      code: 'DISK_LOW',
      retryable: true,
      details: { freeMegabytes: 499, minimumMegabytes: 500 },
    })
    expect(await disk.hasRoom()).toBe(false)
    set(400 * megabyte)
    expect(await disk.hasRoom()).toBe(false)
    expect(warnings).toHaveLength(1)
    set(800 * megabyte, 1_000)
    expect(await disk.hasRoom()).toBe(false)
    set(800 * megabyte)
    expect(await disk.hasRoom()).toBe(true)
  })

  it('is not checked without a limit', async () => {
    const { disk, set } = watch(0)
    set(0)
    await disk.check()
    expect(await disk.hasRoom()).toBe(true)
  })

  it('blocks only new work', async () => {
    const calls: string[] = []
    const record = (name: string) => async () => void calls.push(name)
    const names = ['claim', 'heartbeat', 'assignRunNumber', 'finish', 'retryLater', 'release']
    const store = Object.fromEntries(names.map((name) => [name, record(name)]))
    let hasRoom = false
    const held = holdBack(store as unknown as WorkStore, async () => hasRoom)
    expect(await held.claim('me', 1)).toBeUndefined()
    await held.heartbeat('job', 'me', 1)
    await held.assignRunNumber('job', 'me', 1)
    await held.finish(
      'job',
      'me',
      { state: 'succeeded', outcome: 1, predecessorJobId: undefined },
      [],
    )
    await held.retryLater('job', 'me', {} as never, 1)
    await held.release('job', 'me')
    expect(calls).toEqual(names.slice(1))
    hasRoom = true
    await held.claim('me', 1)
    expect(calls.at(-1)).toBe('claim')
  })
})
