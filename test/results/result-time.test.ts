import { describe, expect, it } from 'vitest'
import { findOffset, formatResultTime } from '../../src/results/result-time.ts'

const moment = new Date('2026-11-30T16:39:00Z')

describe('the time of a result', () => {
  it("is the site's time if its zone is known, with its offset", () => {
    const offset = findOffset('Europe/Berlin', moment)
    expect(offset).toBe('+0100')
    expect(formatResultTime(moment, offset)).toEqual({
      date: '20261130',
      time: '173900',
      dateTime: '20261130173900+0100',
      timezoneOffset: '+0100',
    })
  })

  it('supports daylight saving time, zones west of Greenwich and half-hour offsets', () => {
    expect(findOffset('Europe/Berlin', new Date('2026-07-01T12:00:00Z'))).toBe('+0200')
    expect(findOffset('America/New_York', moment)).toBe('-0500')
    expect(findOffset('Asia/Kolkata', moment)).toBe('+0530')
    expect(findOffset('UTC', moment)).toBe('+0000')
  })

  it('is UTC without an offset if the zone is unknown', () => {
    expect(findOffset(undefined, moment)).toBeUndefined()
    expect(formatResultTime(moment, undefined)).toMatchObject({
      time: '163900',
      timezoneOffset: undefined,
    })
  })
})
