import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const source = new URL('../../src/threads/free-buffers.ts', import.meta.url)

/** Calls of the collector in a new process: with little in buffers, then with 64 MB. */
function countCollections(flags: readonly string[]): string {
  const program = `
    import { freeBuffers } from '${source}'
    let calls = 0
    const collect = globalThis.gc
    if (collect) globalThis.gc = () => { calls++; collect() }
    freeBuffers()
    const few = calls
    const held = new Uint8Array(64 * 2 ** 20)
    freeBuffers()
    console.log(few, calls, held.length)`
  const run = [...flags, '--input-type=module-typescript', '-e', program]
  return execFileSync(process.execPath, run, { encoding: 'utf8' }).trim()
}

describe('freeing buffers', () => {
  it('collects only with large buffers', () => {
    expect(countCollections(['--expose-gc'])).toBe('0 1 67108864')
  })

  it('does nothing in a process without --expose-gc', () => {
    expect(countCollections([])).toBe('0 0 67108864')
  })
})
