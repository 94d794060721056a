import { describe, expect, it } from 'vitest'
import { createClosers } from '../../src/wiring/closers.ts'

const later = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('closing what was opened', () => {
  it('starts with the latest and waits for each', async () => {
    const closed: string[] = []
    const closers = createClosers()
    closers.add(() => closed.push('queue'))
    closers.add(async () => {
      await later()
      closed.push('workers')
    })
    await closers.close()
    expect(closed).toEqual(['workers', 'queue'])
  })

  it('closes everything once, even if some fail, and then throws the first error', async () => {
    const closed: string[] = []
    const closers = createClosers()
    closers.add(() => closed.push('queue'))
    closers.add(async () => Promise.reject(new Error('archive')))
    closers.add(() => {
      closed.push('http')
      throw new Error('http')
    })
    await expect(closers.close()).rejects.toThrow('http')
    await closers.close()
    expect(closed).toEqual(['http', 'queue'])
  })

  it('closes a group concurrently, at its position on the stack', async () => {
    const events: string[] = []
    const closers = createClosers()
    closers.add(() => events.push('queue'))
    const group = closers.addGroup()
    closers.add(() => events.push('http'))
    for (const name of ['workers', 'sweep']) {
      group.add(async () => {
        events.push(`${name} begins`)
        await later()
        events.push(`${name} ends`)
      })
    }
    await closers.close()
    expect(events.slice(0, 3)).toEqual(['http', 'workers begins', 'sweep begins'])
    expect(events.at(-1)).toBe('queue')
  })

  it('waits for the rest of a group of which one fails', async () => {
    let ended = false
    const closers = createClosers()
    const group = closers.addGroup()
    group.add(() => Promise.reject(new Error('sweep')))
    group.add(async () => {
      await later()
      ended = true
    })
    await expect(closers.close()).rejects.toThrow('sweep')
    expect(ended).toBe(true)
  })
})
