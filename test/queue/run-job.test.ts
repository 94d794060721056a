import { describe, expect, it } from 'vitest'
import { type ErrorCode, HippoError } from '../../src/errors.ts'
import { isAskedFor, jobTriggers, rankTrigger } from '../../src/queue/job.ts'
import { isRejection } from '../../src/queue/run-job.ts'

describe('an error', () => {
  it.each<ErrorCode>([
    'NO_MEASURABLE_SERIES',
    'DICOM_UNREADABLE',
    'SLICES_MISSING',
    'HEAD_NOT_FOUND',
    'CROP_UNSUITABLE',
    'QUALITY_REJECTED',
    'STUDY_NOT_FOUND',
    'STUDY_EMPTY',
    'SERIES_TOO_LARGE',
  ])('%s means that the study cannot be measured', (code) => {
    expect(isRejection(new HippoError(code, 'x'))).toBe(true)
  })

  it.each<ErrorCode>([
    'LOCALIZATION_FAILED',
    'INFERENCE_FAILED',
    'SERIES_INCOMPLETE',
    'ARCHIVE_UNREACHABLE',
    'STORE_REFUSED',
    'REPORT_FAILED',
    'UNEXPECTED',
  ])('%s means that the service could not do its work', (code) => {
    expect(isRejection(new HippoError(code, 'x'))).toBe(false)
  })

  it('of unknown kind is never a rejection', () => {
    expect(isRejection(new HippoError('UNEXPECTED', 'x', { stage: 'infer' }))).toBe(false)
    expect(isRejection(new HippoError('DISK_FULL', 'x', { stage: 'decode' }))).toBe(false)
  })
})

describe('what made a job', () => {
  it('decides its priority: new studies, then earlier ones, then backfills', () => {
    const byRank = jobTriggers.toSorted((a, b) => rankTrigger(a) - rankTrigger(b))
    expect(byRank).toEqual(['hook', 'sweep', 'request', 'history', 'backfill'])
    expect(rankTrigger('hook')).toBe(rankTrigger('request'))
    expect(rankTrigger('history')).toBeGreaterThan(rankTrigger('sweep'))
    expect(rankTrigger('backfill')).toBeGreaterThan(rankTrigger('history'))
  })

  it('shows whether the study was requested explicitly', () => {
    const askedFor = jobTriggers.filter((trigger) => isAskedFor({ trigger }))
    expect(askedFor).toEqual(['request', 'history'])
  })
})
