import { describe, expect, it } from 'vitest'
import type { MeasuredResult } from '../../src/outcome/outcome.ts'
import { type EarlierResult, planResult, type ResultBasis } from '../../src/pipeline/plan-result.ts'

const basis: ResultBasis = {
  measuredSeriesInstanceUid: '1.2.3',
  contentDigest: 'content-a',
  modelSha256: 'model-1',
  softwareVersion: '1.0.0',
  configDigest: 'settings-1',
}

function earlier(
  changes: Partial<ResultBasis> & { runNumber?: number; superseded?: boolean } = {},
): EarlierResult {
  const made = { ...basis, runNumber: 0, superseded: false, ...changes }
  const result = {
    ...made,
    model: { name: 'net', version: '1', sha256: made.modelSha256 },
  } as unknown as MeasuredResult
  return {
    jobId: `job-${made.contentDigest}-${made.runNumber}`,
    superseded: made.superseded,
    outcome: { verdicts: [], studyFingerprint: 'f', result },
    result,
  }
}

const event = { id: 'new', force: false, trigger: 'hook', runNumber: 0 } as const
const request = { ...event, trigger: 'request' } as const
const forced = { ...request, force: true } as const
const isStored = () => true
const isGone = () => false
const isFree = () => false

describe('planning a result', () => {
  it('makes run 0 without a predecessor for a study never measured', () => {
    expect(planResult(event, basis, [], isStored, isFree)).toEqual({
      kind: 'make',
      predecessor: undefined,
      runNumber: 0,
    })
  })

  it('keeps a stored result of the same images', () => {
    const same = earlier()
    expect(planResult(event, basis, [same], isStored, isFree)).toEqual({ kind: 'unchanged', same })
    expect(planResult(request, basis, [same], isStored, isFree)).toEqual({
      kind: 'unchanged',
      same,
    })
  })

  it('writes a vanished result again under the same run number', () => {
    const same = earlier({ runNumber: 2 })
    expect(planResult(request, basis, [same], isGone, isFree)).toEqual({
      kind: 'restore',
      same,
      runNumber: 2,
    })
  })

  it('does not restore a deleted result for an event', () => {
    const same = earlier()
    expect(planResult(event, basis, [same], isGone, isFree)).toEqual({ kind: 'unchanged', same })
  })

  it('replaces the current result when the images changed', () => {
    const old = earlier({ contentDigest: 'content-b' })
    expect(planResult(event, basis, [old], isStored, isFree)).toEqual({
      kind: 'make',
      predecessor: old,
      runNumber: 0,
    })
  })

  it('does not remake a result for an event because of a newer model', () => {
    const same = earlier({ modelSha256: 'model-0' })
    expect(planResult(event, basis, [same], isStored, isFree).kind).toBe('unchanged')
  })

  it('remakes it with a newer model on request', () => {
    const old = earlier({ modelSha256: 'model-0' })
    expect(planResult(request, basis, [old], isStored, isFree)).toEqual({
      kind: 'make',
      predecessor: old,
      runNumber: 0,
    })
  })

  it('numbers forced runs and skips numbers that exist in the archive', () => {
    const old = earlier({ runNumber: 1 })
    const older = earlier({ superseded: true })
    const isTaken = (runNumber: number) => runNumber === 2
    expect(planResult(forced, basis, [old, older], isStored, isTaken)).toEqual({
      kind: 'make',
      predecessor: old,
      runNumber: 3,
    })
  })

  it('keeps the run number of a forced run that was killed', () => {
    const resumed = { ...forced, runNumber: 1 }
    expect(planResult(resumed, basis, [earlier()], isStored, () => true)).toMatchObject({
      kind: 'make',
      runNumber: 1,
    })
  })

  it('gives images that returned a new number, not the superseded result', () => {
    const current = earlier({ contentDigest: 'content-b' })
    const first = earlier({ superseded: true })
    expect(planResult(event, basis, [current, first], isStored, isFree)).toEqual({
      kind: 'make',
      predecessor: current,
      runNumber: 1,
    })
  })
})
