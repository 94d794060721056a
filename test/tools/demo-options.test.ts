import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readOptions } from '../../tools/demo/options.ts'

describe('the options of the demo', () => {
  it.each([
    [['--nonsense'], /--nonsense/],
    [['--port', 'far'], /a number from 0 to 65535/],
    [['--send', join(tmpdir(), 'no', 'such', 'folder')], /does not exist/],
    [['--send', import.meta.filename], /does not exist/],
  ])('%j are rejected with a sentence', (args, sentence) => {
    expect(() => readOptions(args)).toThrow(sentence)
  })

  it('accept an existing folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hippovolume-options-'))
    expect(readOptions(['--send', folder]).send).toBe(folder)
    rmSync(folder, { recursive: true })
  })
})
