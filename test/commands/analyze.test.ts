import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writePhantomSeries } from '../support/phantom-dicom.ts'
import { testModel } from '../support/service.ts'
import { cropOnly, reason, sampleFiles, whatIsMissing } from '../whole-path/sample-files.ts'
import { runCommand } from './run-command.ts'

describe.skipIf(whatIsMissing !== '')(`hippovolume analyze${reason}`, () => {
  let folder: string

  const analyze = (...args: string[]) => runCommand('analyze', '--model', testModel, ...args)
  function writeStudy(name: string, files: readonly Uint8Array[]): string {
    const path = join(folder, name, 'series')
    mkdirSync(path, { recursive: true })
    for (const [index, file] of files.entries()) writeFileSync(join(path, `${index}.dcm`), file)
    return join(folder, name)
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-analyze-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('measures a study from its files and writes page, labels and results', async () => {
    const input = writeStudy('study', [
      ...sampleFiles('analyze', cropOnly()),
      new TextEncoder().encode('not DICOM, but found in the same folder'),
    ])
    const output = join(folder, 'measured')
    const run = await analyze(input, '-o', output)
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(/^Study 2\.25\.\d+: measured\n {2}\* 5 HippoCrop: It is the only/)
    expect(run.stdout).toMatch(/side left: anterior \d+, posterior \d+, total \d+ mm3/)
    expect(run.stderr).toMatch(/skipped 1 files that/)
    expect(readdirSync(output).sort()).toEqual([
      'details.dcm',
      'details.png',
      'labels.nii.gz',
      'measurements.dcm',
      'montage.dcm',
      'montage.png',
      'report.dcm',
      'report.png',
      'results.json',
      'segmentation.dcm',
    ])
    const page = readFileSync(join(output, 'report.png'))
    expect(page.subarray(1, 4).toString()).toBe('PNG')
    expect(readFileSync(join(output, 'report.dcm')).subarray(128, 132).toString()).toBe('DICM')
  })

  it('writes several studies into a folder each, and returns 1 if one of them cannot be measured', async () => {
    const good = writeStudy('good', sampleFiles('one of two'))
    const bad = writeStudy('bad', writePhantomSeries({ sliceSpacing: 4, slices: 12 }))
    const output = join(folder, 'several')
    const run = await analyze(good, bad, '-o', output, '--json')
    expect(run).toMatchObject({ exitCode: 1, stderr: '' })
    const { studies, skipped } = JSON.parse(run.stdout)
    expect(skipped).toEqual([])
    expect(studies.map(({ state }: { state: string }) => state)).toEqual(['measured', 'rejected'])
    expect(studies[1]).toMatchObject({
      error: { code: 'NO_MEASURABLE_SERIES' },
      verdicts: [{ chosen: false, reason: 'THICK_SLICES' }],
    })
    for (const study of studies) {
      const results = join(output, study.studyInstanceUid, 'results.json')
      expect(JSON.parse(readFileSync(results, 'utf8'))).toEqual(study)
    }
    expect(existsSync(join(output, studies[1].studyInstanceUid, 'report.png'))).toBe(false)
  })

  it('explains why a study is rejected', async () => {
    const input = writeStudy('missing slice', writePhantomSeries({ slices: 24 }).toSpliced(9, 1))
    const run = await analyze(input, '-o', join(folder, 'rejected'), '--quiet')
    expect(run).toMatchObject({ exitCode: 1, stderr: '' })
    expect(run.stdout).toMatch(
      /: rejected\n {2}\* 5 HippoCrop: .+\n {2}The series is incomplete: 1/,
    )
  })

  it('calls a study failed, with the stage, if its results cannot be written', async () => {
    const input = writeStudy('blocked', writePhantomSeries({ slices: 24 }).toSpliced(9, 1))
    const output = join(folder, 'blocked output')
    mkdirSync(join(output, 'report.png'), { recursive: true })
    const run = await analyze(input, '-o', output, '--json')
    expect(run.exitCode).toBe(1)
    expect(JSON.parse(run.stdout).studies).toMatchObject([
      { state: 'failed', error: { code: 'UNEXPECTED', stage: 'store' } },
    ])
    const said = await analyze(input, '-o', output)
    expect(said.stdout).toMatch(/: failed\n {2}\* .+\n {2}at the stage store: /)
  })

  it('measures a series with another name on request', async () => {
    const files = writePhantomSeries({ seriesDescription: 'Crop left', slices: 24 })
    const input = writeStudy('other name', files)
    const args = ['-o', join(folder, 'named'), '--series-description', 'crop LEFT', '--json']
    const [study] = JSON.parse((await analyze(input, ...args)).stdout).studies
    expect(study.verdicts).toMatchObject([{ chosen: true, reason: 'CHOSEN' }])
  })

  it('says so when there is no DICOM image at all, and ends with 2', async () => {
    const empty = writeStudy('empty', [new TextEncoder().encode('text')])
    const run = await analyze(empty, '-o', join(folder, 'nothing'))
    expect(run.stderr).toMatch(/hippovolume: No DICOM image was found among 1 files\./)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  })
})
