import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listFiles } from '../../src/commands/list-files.ts'

const root = mkdtempSync(join(tmpdir(), 'hippovolume-list-'))
afterAll(() => rmSync(root, { recursive: true }))

describe('the files below a folder', () => {
  it('are found behind symbolic links, even with cycles', async () => {
    const series = join(root, 'series')
    mkdirSync(join(root, '.annex'))
    mkdirSync(join(series, 'deeper'), { recursive: true })
    writeFileSync(join(root, '.annex', 'a'), 'a')
    writeFileSync(join(series, 'deeper', 'b'), 'b')
    symlinkSync('../.annex/a', join(series, 'linked'))
    symlinkSync('../nowhere', join(series, 'broken'))
    symlinkSync('../..', join(series, 'deeper', 'circle'))
    const found = await listFiles([series])
    expect(found).toContain(join(series, 'linked'))
    expect(found).toContain(join(series, 'deeper', 'b'))
    expect(found.filter((path) => path.endsWith('broken'))).toEqual([])
    expect(found.length).toBeLessThan(10)
  })

  it('are reported when missing', async () => {
    const empty = join(root, 'empty')
    mkdirSync(empty)
    await expect(listFiles([empty])).rejects.toThrow(
      /this folder and its subfolders contain no files/,
    )
    symlinkSync('../nowhere', join(empty, 'a'))
    await expect(listFiles([empty])).rejects.toThrow(/broken symbolic links.*datalad get/)
    await expect(listFiles([join(root, 'none')])).rejects.toThrow(/does not exist/)
  })
})
