import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createCrashTurns } from '../../src/analysis/crash-turns.ts'
import { HippoError } from '../../src/errors.ts'

const crash = () => new HippoError('ANALYSIS_CRASHED', 'The process ended.')

describe('jobs in a process that crashes', () => {
  it('attributes the crash to a job that ran alone', async () => {
    const turns = createCrashTurns()
    await turns.enter('bad')
    const error = crash()
    expect(turns.judge(error, 'bad')).toBe(error)
  })

  it('attributes it to none of several, and runs each alone until it ends in another way', async () => {
    const turns = createCrashTurns()
    const leave = [await turns.enter('bad'), await turns.enter('good')]
    for (const [index, id] of ['bad', 'good'].entries()) {
      expect(turns.judge(crash(), id)).toMatchObject({ details: { isOutage: true } })
      leave[index]!()
    }
    const begun: string[] = []
    const enter = async (id: string) => {
      const end = await turns.enter(id)
      begun.push(id)
      return end
    }
    const bad = await enter('bad')
    const good = enter('good')
    const other = enter('other')
    await turn()
    expect(begun).toEqual(['bad'])
    const error = crash()
    expect(turns.judge(error, 'bad')).toBe(error)
    bad()
    const endGood = await good
    expect(begun).toEqual(['bad', 'good'])
    turns.judge(new HippoError('UNEXPECTED', 'Something else.'), 'good')
    endGood()
    await other
    expect(begun).toEqual(['bad', 'good', 'other'])
  })
})
