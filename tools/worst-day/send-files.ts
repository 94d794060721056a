import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningOrthanc } from '../../test/support/orthanc.ts'

/** Sends files with storescu like a scanner, with retries if the archive was down. */
export async function sendFiles(
  files: readonly string[],
  orthanc: Pick<RunningOrthanc, 'aet' | 'dicomPort'>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const args = ['-aec', orthanc.aet, '127.0.0.1', String(orthanc.dicomPort), ...files]
    const scanner = spawn('storescu', args, {
      env: { ...process.env, TCP_NODELAY: '1' },
      stdio: 'ignore',
    })
    const [code] = await once(scanner, 'exit')
    if (code === 0) return
    if (attempt === 30) throw new Error('storescu could not send a study, 30 times')
    await sleep(500)
  }
}
