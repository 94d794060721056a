import { describe, expect, it } from 'vitest'
import type { ForwardTarget, TransferState } from '../../src/archive/forward-instance.ts'
import { HippoError } from '../../src/errors.ts'
import type { AnalysisOutcome, ForwardedResult } from '../../src/outcome/outcome.ts'
import { planForwarding } from '../../src/outcome/plan-forwarding.ts'
import type { Job } from '../../src/queue/job.ts'
import { createForwarding, type ForwardDependencies } from '../../src/upkeep/forward-results.ts'

const pacs: ForwardTarget = { kind: 'modality', name: 'pacs' }
const cloud: ForwardTarget = { kind: 'peer', name: 'cloud' }
const uids = ['1.1', '1.2', '1.3']

type Fate = TransferState | HippoError | 'forgotten'
const sent: Fate = { kind: 'sent' }
const failed: Fate = { kind: 'failed', reason: 'Association Rejected' }

/** Archive, clock and record of a job, played: `fateOf` says how each transfer ends. */
function play(targets: readonly ForwardTarget[], fateOf: (name: string, uid: string) => Fate) {
  let now = 1_700_000_000_000
  const started: string[] = []
  const kept: AnalysisOutcome[] = []
  const settled: ForwardedResult[] = []
  const cancelled: string[] = []
  let outcome = {
    verdicts: [],
    studyFingerprint: 'f',
    result: {
      stored: uids.map((uid) => ({ sopInstanceUid: uid, orthancInstanceId: `id ${uid}` })),
    },
    forwarded: planForwarding(targets, () => now),
  } as unknown as AnalysisOutcome

  const dependencies: ForwardDependencies = {
    archive: {
      async startTransfer({ name }, id) {
        const uid = id.slice(3)
        const fate = fateOf(name, uid)
        started.push(`${name} ${uid}`)
        if (fate instanceof HippoError) throw fate
        return `${name} ${uid}`
      },
      async readTransfer(jobId) {
        now += 1_000
        const [name, uid] = jobId.split(' ') as [string, string]
        const fate = fateOf(name, uid)
        return fate === 'forgotten' || fate instanceof HippoError ? undefined : fate
      },
      async cancelTransfer(jobId) {
        cancelled.push(jobId)
      },
    },
    targets,
    maximumAttempts: 3,
    transferMilliseconds: 3_000,
    clock: () => now,
    keep: async (_job, next) => {
      kept.push(structuredClone(next))
      outcome = next
    },
    onSettled: (_job, forwarded) => settled.push(forwarded),
  }
  return {
    started,
    kept,
    settled,
    cancelled,
    dependencies,
    forwarded: () => outcome.forwarded ?? [],
    setForwarded(forwarded: readonly ForwardedResult[]) {
      outcome = { ...outcome, forwarded }
    },
    async attempt(attempts: number, changes: Partial<ForwardDependencies> = {}) {
      const run = createForwarding({ ...dependencies, ...changes })
      const signal = new AbortController().signal
      const context = {
        signal,
        assignRunNumber: async () => {},
        recordStage: () => {},
        recordOutcome: () => {},
      }
      return run({ id: 'job', attempts, outcome } as unknown as Job, context)
    },
  }
}

describe('sending results on', () => {
  it('sends every instance to every target in order and records it', async () => {
    const played = play([pacs, cloud], () => sent)
    await expect(played.attempt(1)).resolves.toMatchObject({ state: 'succeeded' })
    const toPacs = played.started.filter((one) => one.startsWith('pacs'))
    expect(toPacs).toEqual(uids.map((uid) => `pacs ${uid}`))
    expect(played.started).toHaveLength(6)
    expect(played.forwarded()).toMatchObject([
      { target: 'pacs', kind: 'modality', state: 'sent', sentInstances: uids },
      { target: 'cloud', kind: 'peer', state: 'sent', sentInstances: uids },
    ])
    expect(played.settled.map(({ state }) => state)).toEqual(['sent', 'sent'])
  })

  it('sends other instances although one is refused, and retries only that one', async () => {
    let refuses = true
    const played = play([pacs, cloud], (name, uid) =>
      refuses && name === 'pacs' && uid === '1.1' ? failed : sent,
    )
    await expect(played.attempt(1)).rejects.toMatchObject({
      code: 'FORWARD_FAILED',
      retryable: true,
    })
    expect(played.forwarded()).toMatchObject([
      {
        state: 'pending',
        sentInstances: ['1.2', '1.3'],
        error: { code: 'FORWARD_FAILED', message: expect.stringContaining('Association Rejected') },
      },
      { state: 'sent', sentInstances: uids },
    ])
    refuses = false
    played.started.length = 0
    await played.attempt(2)
    expect(played.started).toEqual(['pacs 1.1'])
    expect(played.forwarded()[0]).toMatchObject({ state: 'sent' })
    expect(played.forwarded()[0]?.error).toBeUndefined()
  })

  it('gives up after the last attempt, and starts over on request', async () => {
    const played = play([pacs], () => failed)
    for (const attempts of [1, 2]) await expect(played.attempt(attempts)).rejects.toThrow()
    await expect(played.attempt(3)).resolves.toMatchObject({ state: 'succeeded' })
    expect(played.forwarded()).toMatchObject([
      { state: 'failed', error: { code: 'FORWARD_FAILED' } },
    ])
    expect(played.settled).toHaveLength(1)
    await expect(played.attempt(1)).rejects.toThrow()
    expect(played.forwarded()).toMatchObject([{ state: 'pending' }])
  })

  it('fails immediately for a target that the archive does not know', async () => {
    const unknown = new HippoError('FORWARD_TARGET_UNKNOWN', 'No such modality.')
    const played = play([pacs, cloud], (name) => (name === 'pacs' ? unknown : failed))
    await expect(played.attempt(1)).rejects.toThrow()
    expect(played.started.filter((one) => one.startsWith('pacs'))).toHaveLength(1)
    expect(played.forwarded()).toMatchObject([
      { state: 'failed', error: { code: 'FORWARD_TARGET_UNKNOWN' } },
      { state: 'pending' },
    ])
    played.started.length = 0
    await expect(played.attempt(2)).rejects.toThrow()
    expect(played.started.some((one) => one.startsWith('pacs'))).toBe(false)
  })

  it('stores the Orthanc job before following it, and follows it again after an interruption', async () => {
    const played = play([pacs], () => sent)
    await played.attempt(1)
    expect(played.kept[0]?.forwarded).toMatchObject([
      { underway: { orthancJobId: 'pacs 1.1', sopInstanceUid: '1.1' }, sentInstances: [] },
    ])
    played.setForwarded(played.kept[0]!.forwarded!)
    played.started.length = 0
    await played.attempt(2)
    expect(played.started).toEqual(['pacs 1.2', 'pacs 1.3'])
    expect(played.forwarded()).toMatchObject([{ state: 'sent', sentInstances: uids }])
  })

  it('resends the instances of a job that Orthanc has removed', async () => {
    let isForgotten = true
    const played = play([pacs], () => (isForgotten ? 'forgotten' : sent))
    played.setForwarded([
      {
        ...played.forwarded()[0]!,
        underway: { orthancJobId: 'pacs 1.1', sopInstanceUid: '1.1' },
      },
    ])
    await expect(played.attempt(2)).rejects.toMatchObject({ code: 'FORWARD_FAILED' })
    isForgotten = false
    await played.attempt(3)
    expect(played.forwarded()).toMatchObject([{ state: 'sent' }])
  })

  it('ends a transfer that takes too long', async () => {
    const played = play([pacs], () => ({ kind: 'underway' }))
    await expect(played.attempt(1)).rejects.toThrow()
    expect(played.cancelled).toEqual(uids.map((uid) => `pacs ${uid}`))
    expect(played.forwarded()[0]?.error?.message).toMatch(/did not finish in time/)
    expect(played.forwarded()[0]?.underway).toBeUndefined()
  })

  it('adds newly configured targets on request, and drops removed ones', async () => {
    const played = play([pacs], () => failed)
    await expect(played.attempt(1)).rejects.toThrow()
    const changed = { targets: [cloud] }
    await expect(played.attempt(1, changed)).rejects.toThrow()
    expect(played.forwarded()).toMatchObject([
      { target: 'pacs', state: 'failed', error: { code: 'FORWARD_TARGET_UNKNOWN' } },
      { target: 'cloud', state: 'pending' },
    ])
  })

  it('sends a result that was made before anything was configured', async () => {
    const played = play([cloud], () => sent)
    played.setForwarded([])
    await played.attempt(1)
    expect(played.forwarded()).toMatchObject([{ target: 'cloud', state: 'sent' }])
  })

  it('stops if the record cannot be stored: another worker may have the job', async () => {
    const played = play([pacs], () => sent)
    const lost = new HippoError('LEASE_LOST', 'This worker no longer holds the lease of the job.')
    const keep = async () => {
      throw lost
    }
    await expect(played.attempt(1, { keep })).rejects.toBe(lost)
    expect(played.started).toHaveLength(1)
  })
})
