import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { software } from '../../src/software.ts'
import { makeNifti } from '../nifti/make-nifti.ts'
import { runCommand } from './run-command.ts'

const nowhere = join(tmpdir(), 'hippovolume-nowhere')

describe('the command line', () => {
  it.each([
    [['--help'], /Exit codes: 0 everything was measured, 1 something could not be measured/],
    [['serve', '--help'], /settings come from the environment/],
    [['analyze', '--help'], /--series-description <name>/],
    [['segment', '--help'], /1 anterior, 2\s+posterior/],
  ])('prints help: %s', async (args, text) => {
    const run = await runCommand(...args)
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toMatch(text)
    expect(run.stdout).toMatch(/^Usage: hippovolume/)
  })

  it('prints its version', async () => {
    expect(await runCommand('--version')).toEqual({
      exitCode: 0,
      stdout: `${software.version}\n`,
      stderr: '',
    })
  })

  it.each([
    ['no command', [], /Usage: hippovolume/],
    ['an unknown command', ['measure'], /unknown command 'measure'/],
    ['no input', ['analyze', '-o', nowhere], /missing required argument/],
    ['no output', ['segment', 'a.nii'], /required option '-o, --output <path>' not specified/],
    ['no table and no output', ['segment', 'a.nii'], /not specified \(or --csv <file>\)/],
    [
      'people without a table',
      ['segment', 'a.nii', '-o', 'b.nii', '--people', 'people.csv'],
      /--people needs --csv/,
    ],
    [
      'people who are not there',
      ['segment', 'a.nii', '--people', nowhere, '--csv', 'c.csv'],
      /hippovolume-nowhere does not exist/,
    ],
    [
      'two images of one id',
      ['segment', 'a_t1.nii', 'a_T1w.mgz', '--csv', 'c.csv'],
      /have the same id, a/,
    ],
    [
      'an orientation of no head',
      ['segment', 'a.nii', '-o', 'b.nii', '--orientation', 'RLS'],
      /"RLS" is not an orientation\. Give three letters/,
    ],
    [
      'a folder for segment',
      ['segment', tmpdir(), '-o', nowhere],
      /is a folder\. .* for a folder of DICOM files use "hippovolume analyze"/,
    ],
    ['an unknown option', ['analyze', 'a', '-o', nowhere, '--fast'], /unknown option '--fast'/],
    ['half a thread', ['segment', 'a.nii', '-o', 'b.nii', '--threads', '1.5'], /whole number/],
    [
      'a side nobody has',
      ['segment', 'a.nii', '-o', 'b.nii', '--side', 'up'],
      /Allowed choices are left, right, unknown/,
    ],
    ['a path that does not exist', ['analyze', nowhere, '-o', nowhere], /does not exist/],
  ])('ends with 2 for %s and says what is wrong', async (_case, args, text) => {
    const run = await runCommand(...args)
    expect(run.stderr).toMatch(text)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it('refers from analyze to segment for an image that is not DICOM, and names missing people', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hippovolume-usage-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const image = join(folder, 'a_t1.nii')
    writeFileSync(image, makeNifti())
    const run = await runCommand('analyze', folder, '-o', nowhere)
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toMatch(/a_t1\.nii is a NIfTI or FreeSurfer image\. .*"hippovolume segment"/)
    const people = join(folder, 'people.csv')
    writeFileSync(people, 'id,age,sex\nb,50,F\n')
    const table = await runCommand('segment', image, '--people', people, '--csv', nowhere)
    expect(table.exitCode).toBe(2)
    expect(table.stderr).toMatch(/people\.csv has no row for a \(a_t1\.nii\)\.\n$/)
  })

  it('returns 1 for a missing model, in one line without a stack trace', async () => {
    const run = await runCommand('segment', 'a.nii', '-o', 'b.nii', '--model', nowhere)
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toMatch(/^hippovolume: .+hippovolume-nowhere does not exist\.\n$/)
  })
})
