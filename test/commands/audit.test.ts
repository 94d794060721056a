import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAuditTrail } from '../../src/audit/open-audit-trail.ts'
import { runCommand } from './run-command.ts'

describe('hippovolume audit verify', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hippo-verify-'))
  const file = join(folder, 'audit.jsonl')
  const changed = join(folder, 'changed.jsonl')
  let hash = ''
  afterAll(() => rmSync(folder, { recursive: true }))

  beforeAll(async () => {
    const trail = openAuditTrail({ folder, clock: () => 0, createId: () => 'chain' })
    await trail.record({ who: 'admin', role: 'admin', what: 'runStudy', outcome: 'asked' })
    hash = trail.head()?.hash ?? ''
    let text = ''
    for await (const line of trail.read()) text += `${line}\n`
    await trail.close()
    writeFileSync(file, text)
    writeFileSync(changed, text.replace('runStudy', 'cancelJob'))
  })

  it('confirms a complete export and prints its newest hash', async () => {
    const { exitCode, stdout } = await runCommand('audit', 'verify', file, '--known', hash)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('2 entries in 1 chains')
    expect(stdout).toContain(hash)
  })

  it('detects changes', async () => {
    const { exitCode, stdout, stderr } = await runCommand('audit', 'verify', changed)
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('Line 2 was changed after it was written.')
  })

  it('reports a missing file', async () => {
    const { exitCode, stderr } = await runCommand('audit', 'verify', join(folder, 'none'))
    expect(exitCode).toBe(2)
    expect(stderr).toContain('cannot be read')
  })
})
