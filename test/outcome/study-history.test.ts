import { describe, expect, it } from 'vitest'
import type { MeasuredResult } from '../../src/outcome/outcome.ts'
import { findSameLook, isResultStored } from '../../src/outcome/study-history.ts'
import type { Job } from '../../src/queue/job.ts'
import { makeFacts } from '../selection/make-facts.ts'

const report = { sopInstanceUid: '9.9', orthancInstanceId: 'o', revision: 'r' }
const source = makeFacts()
const withReport = [source, makeFacts({ instances: [report], isOwnResult: true, seriesNumber: 99 })]
const result = { stored: [{ sopInstanceUid: '9.9' }] } as unknown as MeasuredResult

const job = (changes: Partial<Job>) =>
  ({
    id: 'earlier',
    state: 'succeeded',
    outcome: { verdicts: [], studyFingerprint: 'same', result },
    ...changes,
  }) as Job
const rejected = { verdicts: [], studyFingerprint: 'same', result: undefined }
const look = (jobs: readonly Job[], series = withReport) =>
  findSameLook({ id: 'this' }, jobs, 'same', series)?.jobId

describe('looking for an earlier job that saw the same images', () => {
  it('finds the one whose result still stands in the archive', () => {
    expect(look([job({})])).toBe('earlier')
  })

  it('finds one that had to reject the study', () => {
    expect(look([job({ state: 'rejected', outcome: rejected })])).toBe('earlier')
  })

  it.each([
    ['itself', job({ id: 'this' })],
    ['a failed job, which may succeed now', job({ state: 'failed', outcome: rejected })],
    ['a cancelled one', job({ state: 'cancelled', outcome: undefined })],
    ['a result that was replaced', job({ supersededByJobId: 'newer' })],
    ['one that saw other images', job({ outcome: { ...rejected, studyFingerprint: 'other' } })],
    ['one that ended before it looked', job({ state: 'rejected', outcome: undefined })],
  ])('passes over %s', (_which, earlier) => {
    expect(look([earlier])).toBeUndefined()
  })

  it('passes over a result that someone deleted from the archive', () => {
    expect(look([job({})], [source])).toBeUndefined()
    expect(isResultStored(result, [source])).toBe(false)
  })
})
