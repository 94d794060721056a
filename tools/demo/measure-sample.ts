import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSampleStudy } from '../sample-study/write-sample-study.ts'
import { type MeasuredStudy, measureFolder } from './measure-folder.ts'
import type { RunningDemo } from './running-demo.ts'

/** Makes the sample study, sends it to the demo, and follows it to its report. */
export async function measureSample(
  demo: RunningDemo,
  say: (line: string) => void,
): Promise<MeasuredStudy[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-sample-'))
  try {
    const { files } = writeSampleStudy(folder)
    say(`made the sample study from Debian's Colin27: ${files.length} images`)
    return await measureFolder(demo, folder, say)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
