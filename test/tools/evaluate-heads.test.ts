import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import { writeNifti } from '../../src/nifti/write-nifti.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { evaluateHeads, type HeadsEvaluation } from '../../tools/evaluate/heads/evaluate-heads.ts'
import { printHeads } from '../../tools/evaluate/heads/print-heads.ts'
import { holdsHeads } from '../../tools/evaluate/heads/read-heads.ts'
import { runCommand } from '../commands/run-command.ts'

const templates = '/usr/share/mricron/templates'
const [image, atlas] = [join(templates, 'ch2.nii.gz'), join(templates, 'aal.nii.gz')]
const isHere = [image, atlas].every((path) => existsSync(path))
const reason = isHere ? '' : ' (skipped: mricron-data not installed)'
/** Left and right hippocampus in the atlas AAL, and what evaluate calls them. */
const atlasLabels = new Map([
  [37, 1],
  [38, 2],
])

describe.skipIf(!isHere)(`a whole head from the command line${reason}`, () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-heads-'))
    const { volume, header: reference } = readNifti(readFileSync(atlas))
    const labels = Uint8Array.from(volume.intensities, (value) => atlasLabels.get(value) ?? 0)
    copyFileSync(image, join(folder, 'colin_t1.nii.gz'))
    const { dimensions, affine } = volume
    const path = join(folder, 'colin_hippocampus.nii.gz')
    writeFileSync(path, writeNifti({ dimensions, affine, labels }, { gzip: true, reference }))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  describe('scored by evaluate against an atlas', () => {
    let evaluation: HeadsEvaluation

    beforeAll(async () => {
      const manifestPath = resolveManifest('builtin')
      const segmenter = await createSegmenter({ manifestPath, threads: 2 })
      const localizer = await createLocalizer({})
      evaluation = await evaluateHeads(folder, { segmenter, localizer }, undefined, () => {})
      await Promise.all([segmenter.close(), localizer.close()])
    }, 120_000)

    it('is recognised as a folder of heads', () => {
      expect(holdsHeads(folder)).toBe(true)
    })

    it('agrees with it on each side, in place and in size', () => {
      expect(evaluation.notMeasured).toEqual([])
      const [head] = evaluation.cases
      for (const { dice, centerErrorMm, volumeMm3 } of [head!.left, head!.right]) {
        // The atlas draws more than half as much again: two tracings that differ in what they mean.
        expect(dice).toBeGreaterThan(0.5)
        expect(centerErrorMm).toBeLessThan(8)
        expect(volumeMm3).toBeGreaterThan(3_000)
        expect(volumeMm3).toBeLessThan(5_500)
      }
    })

    it('is shown in a table with its name', () => {
      expect(printHeads(evaluation)).toMatch(/colin/)
    })
  })

  it('is labelled by segment: both sides, with the intracranial volume and four labels', async () => {
    const output = join(folder, 'labels.nii.gz')
    const head = join(folder, 'colin_t1.nii.gz')
    const result = await runCommand('segment', head, '-o', output, '--json')
    expect(result).toMatchObject({ exitCode: 0, stderr: '' })
    const [answer] = (JSON.parse(result.stdout) as { images: Record<string, unknown>[] }).images
    expect(answer).toMatchObject({
      state: 'segmented',
      kind: 'head',
      volumes: [{ side: 'left' }, { side: 'right' }],
      intracranialVolume: { mm3: expect.any(Number) },
    })
    const { volume } = readNifti(readFileSync(output))
    expect([...new Set(volume.intensities)].sort()).toEqual([0, 1, 2, 3, 4])
    expect(volume.dimensions).toEqual(readNifti(readFileSync(head)).volume.dimensions)
  }, 120_000)
})
