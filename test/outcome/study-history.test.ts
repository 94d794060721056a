import { describe, expect, it } from 'vitest'
import { HippoError, recordError } from '../../src/errors.ts'
import type { MeasuredResult } from '../../src/outcome/outcome.ts'
import { findSameLook, isResultStored, refuseRepetition } from '../../src/outcome/study-history.ts'
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
const look = (jobs: readonly Job[]) => findSameLook({ id: 'this' }, jobs, 'same')?.jobId

describe('looking for an earlier job that saw the same images', () => {
  it('finds the one with a result, even if it was deleted from the archive', () => {
    expect(look([job({})])).toBe('earlier')
  })

  it('finds one that rejected the study', () => {
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

  it('reports whether a result is still in the archive', () => {
    expect(isResultStored(result, [source])).toBe(false)
    expect(isResultStored(result, withReport)).toBe(true)
  })
})

describe('an event for images whose result could not be stored', () => {
  const failed = (code: 'VERIFY_MISMATCH' | 'REPORT_FAILED') =>
    job({
      state: 'failed',
      outcome: rejected,
      error: recordError(new HippoError(code, 'It failed.')),
    })
  const refuse = (earlier: Job, trigger: Job['trigger'], fingerprint = 'same') =>
    refuseRepetition({ id: 'this', trigger }, [earlier], fingerprint)

  it('does not repeat the same failure', () => {
    expect(() => refuse(failed('VERIFY_MISMATCH'), 'hook')).toThrow(
      expect.objectContaining({ code: 'FAILED_BEFORE', retryable: false }),
    )
  })

  it('retries for the sweep, for other images, and after other failures', () => {
    expect(() => refuse(failed('VERIFY_MISMATCH'), 'sweep')).not.toThrow()
    expect(() => refuse(failed('VERIFY_MISMATCH'), 'hook', 'other')).not.toThrow()
    expect(() => refuse(failed('REPORT_FAILED'), 'hook')).not.toThrow()
  })
})
