import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { claimFolder } from '../../tools/demo/claim-folder.ts'

it('a folder serves one demo at a time, and a killed demo does not hold it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-claim-'))
  try {
    writeFileSync(join(folder, 'demo.pid'), '4242')
    expect(() => claimFolder(folder, (pid) => pid === 4242)).toThrow('Another demo (process 4242)')
    claimFolder(folder, () => false)
    expect(readFileSync(join(folder, 'demo.pid'), 'utf8')).toBe(String(process.pid))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
