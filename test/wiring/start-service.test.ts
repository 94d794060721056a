import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startService } from '../../src/wiring/start-service.ts'

describe('a start that fails half way', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-half-way-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('closes the opened queue', async () => {
    const config = readConfig({
      PORT: '0',
      DATA_DIR: folder,
      API_TOKEN: 'api-token-0123456789',
      HOOK_TOKEN: 'hook-token-0123456789',
      ORTHANC_USER: 'hippovolume',
      ORTHANC_PASSWORD: 'secret-of-the-archive',
    })
    const log = pino({ level: 'silent' })
    // The analysis process reads the environment, which says nothing of all this.
    await expect(startService(config, log)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    expect(existsSync(join(folder, 'queue.sqlite'))).toBe(true)
    // SQLite removes this file when the last connection closes.
    expect(existsSync(join(folder, 'queue.sqlite-wal'))).toBe(false)
  })
})
