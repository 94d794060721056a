import { describe, expect, it } from 'vitest'
import type { Job } from '../../src/queue/job.ts'
import { warnWithoutHook } from '../../src/wiring/warn-without-hook.ts'

function watch(hooks: readonly Job[]) {
  const warnings: string[] = []
  const state = { now: 0 }
  const note = warnWithoutHook({
    store: { list: async () => ({ jobs: hooks, total: 0 }) },
    clock: () => state.now,
    log: { warn: (_facts, message) => void warnings.push(message) },
  })
  return { note, warnings, state }
}

describe('studies that the sweep finds', () => {
  it('are reported once a day without notifications', async () => {
    const { note, warnings, state } = watch([])
    await note(2)
    expect(warnings).toHaveLength(0)
    await note(1)
    await note(5)
    expect(warnings).toHaveLength(1)
    state.now = 25 * 3_600_000
    await note(3)
    expect(warnings).toHaveLength(2)
  })

  it('are not reported with notifications', async () => {
    const { note, warnings } = watch([{} as Job])
    await note(10)
    expect(warnings).toEqual([])
  })
})
