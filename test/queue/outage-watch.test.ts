import { describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import { watchOutages } from '../../src/queue/outage-watch.ts'

function stage() {
  const state = { now: 0, isUp: true }
  const watch = watchOutages({
    probe: async () => {
      if (!state.isUp) throw new Error('down')
    },
    monotonicClock: () => state.now,
    baseMilliseconds: 1_000,
    maximumMilliseconds: 8_000,
    log: { info() {}, warn() {} },
  })
  return { state, watch }
}
const unreachable = new HippoError('ARCHIVE_UNREACHABLE', 'The archive cannot be reached.')
const full = new HippoError('ARCHIVE_FULL', 'The archive has no room left.')

describe('an outage of what every job needs', () => {
  it('is not detected if only one study fails and the archive responds', async () => {
    const { watch } = stage()
    expect(await watch.isOutage(unreachable)).toBe(false)
    expect(await watch.isOutage(new HippoError('UNEXPECTED', 'A bug.'))).toBe(false)
    expect(await watch.mayClaim()).toBe(true)
    await expect(watch.check()).resolves.toBeUndefined()
  })

  it('holds jobs back until the archive responds again, with the reason', async () => {
    const { state, watch } = stage()
    state.isUp = false
    expect(await watch.isOutage(unreachable)).toBe(true)
    await expect(watch.check()).rejects.toBe(unreachable)
    for (state.now = 500; state.now < 900_000; state.now += 500) {
      expect(await watch.mayClaim()).toBe(false)
    }
    state.isUp = true
    state.now += 8_000
    expect(await watch.mayClaim()).toBe(true)
    await expect(watch.check()).resolves.toBeUndefined()
  })

  it('lets one job at a time test whether a full archive has space again', async () => {
    const { state, watch } = stage()
    expect(await watch.isOutage(full)).toBe(true)
    expect(await watch.mayClaim()).toBe(false)
    state.now = 1_000
    expect([await watch.mayClaim(), await watch.mayClaim()]).toEqual([true, false])
    await expect(watch.check()).rejects.toBe(full)
    expect(await watch.isOutage(full)).toBe(true)
    state.now = 3_000
    expect(await watch.mayClaim()).toBe(true)
    watch.noteSuccess()
    await expect(watch.check()).resolves.toBeUndefined()
    expect(await watch.mayClaim()).toBe(true)
  })

  it('is over when no job has encountered it for long', async () => {
    const { state, watch } = stage()
    await watch.isOutage(full)
    state.now = 700_000
    await expect(watch.check()).resolves.toBeUndefined()
  })
})
