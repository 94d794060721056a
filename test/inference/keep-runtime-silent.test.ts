import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('./fixtures/run-once.ts', import.meta.url))
const manifest = fileURLToPath(new URL('./fixtures/fixed.json', import.meta.url))

it('stores no machine identifier and no telemetry, whatever the environment says', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hippovolume-home-'))
  try {
    for (const wish of [{}, { ORT_DISABLE_TELEMETRY: '0' }]) {
      // Without CI and the like, which silence the runtime by themselves.
      const env = { PATH: process.env.PATH, HOME: home, TMPDIR: home, ...wish }
      await promisify(execFile)(process.execPath, [program, manifest], { env })
      expect(await readdir(home, { recursive: true })).toEqual([])
    }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
})
