import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { recompressions } from '../dicom/recompress.ts'
import { testModel } from '../support/service.ts'
import { cropOnly, reason, sampleFiles, whatIsMissing } from './sample-files.ts'

const run = promisify(execFile)
const cli = join(import.meta.dirname, '../../src/cli.ts')
const original = 'as it was sent'
const names = [original, ...Object.keys(recompressions)]

interface Study {
  readonly studyInstanceUid: string
  readonly state: string
  readonly folder: string
  readonly error?: unknown
  readonly volumes: readonly { readonly totalMm3: number }[]
  readonly warnings: readonly string[]
}

const readUid = (file: Uint8Array) => parsePart10(file).dataset.parsed.string('x0020000d')!

/** The file with another StudyInstanceUID of the same length. */
function moveTo(studyInstanceUid: string, file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file).toString('latin1')
  return new Uint8Array(Buffer.from(bytes.replaceAll(readUid(file), studyInstanceUid), 'latin1'))
}

const readLabels = ({ folder }: Study) => readFileSync(join(folder, 'labels.nii.gz'))

describe.skipIf(whatIsMissing !== '')(`hippovolume analyze${reason}`, () => {
  let folder: string
  const studies = new Map<string, Study>()

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-syntaxes-'))
    const files = sampleFiles('transfer syntaxes', cropOnly())
    const uids = new Map<string, string>()
    for (const [index, name] of names.entries()) {
      const source = join(folder, 'in', name)
      mkdirSync(source, { recursive: true })
      const uid = `${readUid(files[0]!).slice(0, -2)}${10 + index}`
      uids.set(uid, name)
      const rewrite = recompressions[name]?.run ?? (async (file: Uint8Array) => file)
      const rewritten = await Promise.all(files.map((file) => rewrite(moveTo(uid, file))))
      for (const [slice, file] of rewritten.entries()) {
        writeFileSync(join(source, `${slice}.dcm`), file)
      }
    }
    const options = ['-o', join(folder, 'out'), '--json', '--model', testModel]
    const words = [cli, 'analyze', join(folder, 'in'), ...options]
    // It ends with 1 when a study is not measured: what was printed tells which.
    const { stdout } = await run(process.execPath, words, { maxBuffer: 2 ** 26 }).catch((error) => {
      if (error.code === 1) return error as { stdout: string }
      throw error
    })
    for (const study of JSON.parse(stdout).studies as Study[]) {
      studies.set(uids.get(study.studyInstanceUid)!, study)
    }
  }, 240_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('reads each supported transfer syntax', () => {
    const syntaxes = names.map((name) => {
      const file = readFileSync(join(folder, 'in', name, '0.dcm'))
      return parsePart10(new Uint8Array(file)).transferSyntaxUid.replace('1.2.840.10008.1.2', '')
    })
    expect([...new Set(syntaxes)].sort()).toEqual([
      ...['', '.1', '.1.99', '.2', '.4.201', '.4.202', '.4.203', '.4.51', '.4.57', '.4.70'],
      ...['.4.80', '.4.81', '.4.90', '.4.91', '.5'],
    ])
  })

  const isLossy = (name: string) => recompressions[name]?.lossy === true

  it.each(names.filter((name) => !isLossy(name)))('labels the same voxels in %s', (name) => {
    const study = studies.get(name)!
    expect(study.error).toBeUndefined()
    expect(study.volumes).toEqual(studies.get(original)!.volumes)
    expect(study.warnings).toEqual([])
    expect(readLabels(study).equals(readLabels(studies.get(original)!))).toBe(true)
  })

  it.each(names.filter(isLossy))('measures %s, but warns', (name) => {
    const study = studies.get(name)!
    expect(study.error).toBeUndefined()
    expect(study.warnings.join()).toContain('lossy compression')
    const [{ totalMm3 }, { totalMm3: expected }] = [
      study.volumes[0]!,
      studies.get(original)!.volumes[0]!,
    ]
    expect(Math.abs(totalMm3 - expected)).toBeLessThan(0.1 * expected)
  })
})
