import { describe, expect, it } from 'vitest'
import { HippoError } from '../../src/errors.ts'
import { isCollision, mapPostgresError } from '../../src/queue/postgres-errors.ts'

const failure = (code: string, message = 'as the server says') =>
  Object.assign(new Error(message), { code })

describe('an error of PostgreSQL', () => {
  it.each([
    ['a full disk', '53100', 'DISK_FULL'],
    ['a server that stops', '57P01', 'QUEUE_UNAVAILABLE'],
    ['one that starts', '57P03', 'QUEUE_UNAVAILABLE'],
    ['too many connections', '53300', 'QUEUE_UNAVAILABLE'],
    ['a standby that only reads', '25006', 'QUEUE_UNAVAILABLE'],
    ['nobody at the address', 'ECONNREFUSED', 'QUEUE_UNAVAILABLE'],
    ['a broken connection', '', 'QUEUE_UNAVAILABLE'],
  ])('about %s is retryable', (_, code, expected) => {
    const error = failure(code)
    expect(mapPostgresError(error)).toMatchObject({ code: expected, retryable: true, cause: error })
  })

  it('about our own data or code is passed on unchanged', () => {
    const ours = new HippoError('JOB_NOT_FOUND', 'There is no job with this identifier.')
    for (const error of [failure('22P05'), new TypeError('no JSON'), ours]) {
      expect(mapPostgresError(error)).toBe(error)
    }
  })

  it('is a conflict if a retry helps', () => {
    expect(['40001', '40P01', '23505'].every((code) => isCollision(failure(code)))).toBe(true)
    expect(['57P01', '53100', 'ECONNRESET'].some((code) => isCollision(failure(code)))).toBe(false)
    expect(isCollision(undefined)).toBe(false)
  })
})
