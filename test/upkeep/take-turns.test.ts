import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { type SharedMarks, takeTurns } from '../../src/upkeep/take-turns.ts'

describe('a task that several processes take turns in', () => {
  let values: Map<string, string>
  let marks: SharedMarks
  let now: number
  let done: string[]
  beforeEach(() => {
    values = new Map()
    now = 1_000_000
    done = []
    marks = {
      readMark: async (name) => values.get(name),
      async swapMark(name, expected, value) {
        if (values.get(name) !== expected) return false
        values.set(name, value)
        return true
      },
    }
  })
  const asked = (owner: string, task: () => Promise<void> = async () => {}, lease = 20_000) =>
    takeTurns(
      async () => {
        done.push(owner)
        await task()
        return owner
      },
      {
        marks,
        name: 'turn',
        owner,
        leaseMilliseconds: lease,
        restMilliseconds: 30_000,
        now: () => now,
      },
    )

  it('runs in one of several concurrent processes', async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((owner) => asked(owner)()))
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1)
    expect(done).toHaveLength(1)
  })

  it('is not started by another process during a run, nor shortly after', async () => {
    let finish = () => {}
    const first = asked('a', () => new Promise<void>((resolve) => (finish = resolve)))()
    await sleep(1)
    expect(await asked('b')()).toBeUndefined()
    finish()
    await first
    now += 29_999
    expect(await asked('b')()).toBeUndefined()
    now += 1
    expect(await asked('b')()).toBe('b')
  })

  it('may be repeated by the same process', async () => {
    const one = asked('a')
    expect([await one(), await one()]).toEqual(['a', 'a'])
  })

  it('passes to another process when its process dies', async () => {
    values.set('turn', JSON.stringify({ owner: 'dead', at: now, milliseconds: 20_000 }))
    expect(await asked('b')()).toBeUndefined()
    now += 20_000
    expect(await asked('b')()).toBe('b')
  })

  it('is not blocked by a clock that was set back', async () => {
    values.set('turn', JSON.stringify({ owner: 'dead', at: now, milliseconds: 20_000 }))
    now -= 3_600_000
    expect(await asked('b')()).toBe('b')
  })

  it('keeps its turn during a long run', async () => {
    const slow = asked(
      'a',
      async () => {
        for (let step = 0; step < 10; step += 1) {
          now += 20
          await sleep(20)
          expect(await asked('b', undefined, 60)()).toBeUndefined()
        }
      },
      60,
    )
    expect(await slow()).toBe('a')
  })

  it('frees the turn when it fails', async () => {
    const failing = asked('a', () => Promise.reject(new Error('no archive')))
    await expect(failing()).rejects.toThrow('no archive')
    now += 30_000
    expect(await asked('b')()).toBe('b')
  })
})
