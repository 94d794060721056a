import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'
import { makeMgh } from '../mgh/make-mgh.ts'
import { makeNifti } from '../nifti/make-nifti.ts'
import { readCsv } from '../research/read-csv.ts'
import { testModel } from '../support/service.ts'
import { cropOnly, reason, sampleFiles, whatIsMissing } from '../whole-path/sample-files.ts'
import { type CommandResult, runCommand } from './run-command.ts'

interface Answer {
  readonly images: readonly {
    readonly input: string
    readonly state: string
    readonly output?: string
    readonly volumes?: { anteriorMm3: number; posteriorMm3: number; totalMm3: number }
    readonly error?: { code: string; message: string }
  }[]
}

/** The sample's crop as NIfTI; its DICOM axes are left, posterior and superior, those of NIfTI RAS. */
function makeCrop(): Uint8Array {
  const [crop] = cropOnly()
  const [first] = crop!.slices
  const { columns, rows } = first!
  const [x, y, z] = first!.imagePosition
  const values = new Int16Array(columns * rows * crop!.slices.length)
  for (const [index, { pixels }] of crop!.slices.entries()) {
    values.set(pixels, index * columns * rows)
  }
  return makeNifti({
    dim: [3, columns, rows, crop!.slices.length],
    values,
    sform: { code: 1, rows: [-1, 0, 0, -x, 0, -1, 0, -y, 0, 0, 1, z] },
  })
}

/** The same file, with neither sform nor qform. */
function withoutForms(nifti: Uint8Array): Uint8Array {
  const bytes = nifti.slice()
  const view = new DataView(bytes.buffer)
  view.setInt16(252, 0, true)
  view.setInt16(254, 0, true)
  return bytes
}

const countLabels = (labels: Uint8Array, label: number) =>
  labels.reduce((count, value) => count + (value === label ? 1 : 0), 0)

describe.skipIf(whatIsMissing !== '')(`hippovolume segment${reason}`, () => {
  let folder: string
  let crop: Uint8Array
  let answer: Answer
  let result: CommandResult

  const segment = (...args: string[]) => runCommand('segment', '--model', testModel, ...args)
  function write(name: string, bytes: Uint8Array): string {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-segment-'))
    crop = makeCrop()
    const one = write('one.nii', crop)
    const other = write('other.nii.gz', gzipSync(crop))
    const output = join(folder, 'labels')
    result = await segment(one, other, '--side', 'left', '-o', output, '--json')
    answer = JSON.parse(result.stdout) as Answer
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('labels several images into a folder, prints pure JSON and ends with 0', () => {
    expect(result.exitCode).toBe(0)
    expect(result.stderr).toBe('')
    expect(answer.images.map(({ state }) => state)).toEqual(['segmented', 'segmented'])
    expect(readdirSync(join(folder, 'labels')).sort()).toEqual(['one.nii.gz', 'other.nii.gz'])
    expect(answer.images[0]!.volumes).toEqual(answer.images[1]!.volumes)
  })

  it("writes labels 0, 1 and 2 on the image's own grid", () => {
    const file = gunzipSync(readFileSync(join(folder, 'labels', 'one.nii.gz')))
    const header = (bytes: Uint8Array, from: number, to: number) =>
      Buffer.from(bytes.subarray(from, to))
    // dim; pixdim; qform and sform with their codes, as nifti1.h places them.
    for (const [from, to] of [
      [40, 56],
      [76, 108],
      [252, 328],
    ] as const) {
      expect(header(file, from, to)).toEqual(header(crop, from, to))
    }
    const labels = file.subarray(352)
    expect(labels).toHaveLength(35 * 47 * 46)
    expect([...new Set(labels)].sort()).toEqual([0, 1, 2])
    const { volumes } = answer.images[0]!
    expect(countLabels(labels, 1)).toBeCloseTo(volumes!.anteriorMm3, 3)
    expect(countLabels(labels, 2)).toBeCloseTo(volumes!.posteriorMm3, 3)
    expect(volumes!.totalMm3).toBeGreaterThan(2_500)
  })

  it('measures what analyze measures on the same crop in DICOM', async () => {
    const dicom = mkdtempSync(join(folder, 'dicom-'))
    for (const [index, file] of sampleFiles('segment').entries()) {
      writeFileSync(join(dicom, `${index}.dcm`), file)
    }
    const output = join(folder, 'analyzed')
    const run = await runCommand('analyze', dicom, '-o', output, '--model', testModel, '--json')
    expect(run.exitCode).toBe(0)
    const [study] = JSON.parse(run.stdout).studies
    expect(study.volumes).toEqual([answer.images[0]!.volumes])
    // The same voxels, although one file came from NIfTI and the other from DICOM.
    const one = gunzipSync(readFileSync(join(folder, 'labels', 'one.nii.gz'))).subarray(352)
    const two = gunzipSync(readFileSync(join(output, 'labels.nii.gz'))).subarray(352)
    expect(countLabels(two, 1)).toBe(countLabels(one, 1))
    expect(countLabels(two, 2)).toBe(countLabels(one, 2))
  })

  it('explains each failure, labels the good image, and returns 1', async () => {
    const bad = {
      'flat.nii': [makeNifti({ dim: [2, 40, 40] }), /holds a single slice, not a volume\.$/],
      'series.nii': [makeNifti({ dim: [4, 8, 8, 8, 3] }), /4D|time|volumes/i],
      'constant.nii': [
        makeNifti({ dim: [3, 36, 50, 36], values: new Int16Array(64_800).fill(7) }),
        /all voxels have the same value/,
      ],
      'truncated.nii': [crop.subarray(0, 40_000), /truncated|ends|short|bytes/i],
      'text.nii': [new TextEncoder().encode('no image at all'), /NIfTI/],
    } as const
    const inputs = Object.entries(bad).map(([name, [bytes]]) => write(name, bytes))
    const missing = join(folder, 'missing.nii')
    const output = join(folder, 'mixed')
    const run = await segment(...inputs, missing, join(folder, 'one.nii'), '-o', output, '--json')
    expect(run.exitCode).toBe(1)
    const { images } = JSON.parse(run.stdout) as Answer
    for (const [index, [, sentence]] of Object.values(bad).entries()) {
      expect(images[index]).toMatchObject({
        state: 'rejected',
        error: { code: 'NIFTI_UNREADABLE' },
      })
      expect(images[index]!.error!.message).toMatch(sentence)
      expect(images[index]!.error!.message).toMatch(/^[A-Z].+\.$/)
    }
    expect(images.at(-2)).toMatchObject({ state: 'rejected', error: { code: 'FILE_UNREADABLE' } })
    expect(images.at(-1)!.state).toBe('segmented')
    expect(readdirSync(output)).toEqual(['one.nii.gz'])
  })

  it('writes one image into the named file and prints its result in a line', async () => {
    const output = join(folder, 'named.nii')
    const run = await segment(join(folder, 'one.nii'), '-o', output, '--side', 'left')
    expect(run.exitCode).toBe(0)
    const { totalMm3 } = answer.images[0]!.volumes!
    expect(run.stdout).toContain(`total ${Math.round(totalMm3)} mm3 -> ${output}`)
    expect(readFileSync(output).readInt32LE(0)).toBe(348)
  })

  it('prints the warnings about a crop, and counts failures separately', async () => {
    const turned = write('turned_t1.nii', withoutForms(crop))
    const text = write('text_t1.nii', new TextEncoder().encode('no image at all'))
    const run = await segment(turned, text, '-o', join(folder, 'told'), '--side', 'left')
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toMatch(
      /total \d+ mm3.*\n {2}warning: The file does not state its orientation/,
    )
    expect(run.stderr).toBe('images: 2 of 2 (1 segmented, 1 not)\n')
  })

  it('says that the side of a file without orientation is unknown, unless it is stated', async () => {
    const path = write('bare.nii', withoutForms(crop))
    const run = async (...more: string[]) => {
      const output = join(folder, 'bare-labels.nii')
      const result = await segment(path, '-o', output, '--side', 'left', '--json', ...more)
      return (JSON.parse(result.stdout) as Answer).images[0]!
    }
    const unknown = await run()
    expect(unknown.volumes).toMatchObject({ side: 'unknown' })
    const stated = await run('--orientation', 'lps')
    expect(stated.volumes).toEqual(answer.images[0]!.volumes)
    expect(stated.volumes).toMatchObject({ side: 'left' })
  })

  it('measures a FreeSurfer file like the NIfTI file of the same image, by content', async () => {
    const [columns, rows, slices] = [35, 47, 46]
    const { volume } = readNifti(crop)
    const [x, y, z] = voxelToPatient(volume.affine, [columns / 2, rows / 2, slices / 2])
    const bytes = makeMgh({
      dimensions: [columns, rows, slices],
      directions: [0, 4, 8, 1, 5, 9, 2, 6, 10].map((i) => volume.affine[i]! * (i < 8 ? -1 : 1)),
      center: [-x, -y, z],
      values: volume.intensities,
    })
    const mgz = write('one.mgz', gzipSync(bytes))
    const disguised = write('disguised.nii', bytes)
    const output = join(folder, 'freesurfer')
    const run = await segment(mgz, disguised, '-o', output, '--side', 'left', '--json')
    const { images } = JSON.parse(run.stdout) as Answer
    expect(images.map(({ volumes }) => volumes)).toEqual([
      answer.images[0]!.volumes,
      answer.images[0]!.volumes,
    ])
    const labels = readNifti(readFileSync(join(output, 'one.nii.gz'))).volume
    labels.affine.forEach((value, i) => {
      expect(value).toBeCloseTo(volume.affine[i]!, 4)
    })
  })

  it('rejects the labels of a crop with a specific sentence', async () => {
    const labels = join(folder, 'labels', 'one.nii.gz')
    const run = await segment(labels, '-o', join(folder, 'again.nii'))
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toMatch(/hold 3 distinct values.*not an image of a head\.$/m)
  })

  it('writes a table with a row for each image, including rejected ones', async () => {
    const people = write('people.csv', new TextEncoder().encode('id,age,sex\na,60,F\nb,70,male\n'))
    const one = write('a_t1.nii', crop)
    const bad = write('b_T1w.nii.gz', gzipSync(crop).subarray(0, 900))
    const table = join(folder, 'tables', 'out.csv')
    const run = await segment(one, bad, '--people', people, '--csv', table, '--side', 'left')
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toContain('not compared with norms: The size of the head is unknown')
    const rows = readCsv(readFileSync(table, 'utf8'))
    expect(rows).toHaveLength(2)
    const { totalMm3 } = answer.images[0]!.volumes!
    expect(rows[0]).toMatchObject({ id: 'a', age: '60', sex: 'F', right_mm3: '', icv_mm3: '' })
    expect(Number(rows[0]!.left_mm3)).toBeCloseTo(totalMm3, 1)
    expect(rows[0]!.warnings).toMatch(/size of the head is unknown/)
    expect(rows[1]).toMatchObject({
      id: 'b',
      sex: 'M',
      verdict: 'rejected',
      error: 'NIFTI_UNREADABLE',
      left_mm3: '',
    })
    expect(rows[1]!.reason).toMatch(/damaged or truncated/)
  })

  it.each([
    [
      'several images into one file',
      ['one.nii', 'other.nii.gz', '-o', 'x.nii.gz'],
      /need a folder/,
    ],
    ['images of the same name', ['one.nii', './one.nii', '-o', 'x'], /have the same name/],
    ['labels as FreeSurfer files', ['one.nii', '-o', 'x.mgz'], /must end in \.nii or \.nii\.gz/],
    ['a table over an image', ['one.nii', '--csv', 'one.nii'], /would overwrite/],
    ['an image over itself', ['one.nii', '-o', 'one.nii'], /would overwrite/],
    ['images into their own folder', ['other.nii.gz', '-o', '.'], /would overwrite/],
  ])('refuses to write %s', async (_what, args, sentence) => {
    const paths = args.map((arg) => (arg.startsWith('-') ? arg : join(folder, arg)))
    const run = await segment(...paths)
    expect(run.stderr).toMatch(sentence)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(readFileSync(join(folder, 'one.nii')).equals(crop)).toBe(true)
  })
})
