import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSampleStudies } from '../sample-study/write-sample-study.ts'
import { type MeasuredStudy, measureFolder } from './measure-folder.ts'
import type { RunningDemo } from './running-demo.ts'

/** Makes the sample studies, sends them to the demo, and follows each to its report. */
export async function measureSample(
  demo: RunningDemo,
  say: (line: string) => void,
): Promise<MeasuredStudy[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-sample-'))
  try {
    const studies = writeSampleStudies(folder)
    const images = studies.reduce((sum, { files }) => sum + files.length, 0)
    say(`made two sample studies from Debian's Colin27, a whole head and a crop: ${images} images`)
    return await measureFolder(demo, folder, say)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
