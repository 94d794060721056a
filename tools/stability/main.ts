// Change of volumes when the same head is imaged again: rotated, shifted, mirrored, coarser,
// cropped, noisy. npm run check -- stability [HEAD...] [--model MANIFEST] [--threads 2] HEAD is a
// NIfTI file or a folder of one DICOM series. Default: Colin27 (mricron-data) and the Philips head
// of the shared data, if they exist.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { listFiles } from '../../src/commands/list-files.ts'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { type MeasuredHead, measureHead } from '../../src/measuring/measure-head.ts'
import { readSeries } from '../../src/measuring/read-series.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { table } from '../evaluate/print-table.ts'
import { repositoryPath } from '../repository-path.ts'
import { headChanges } from './change-head.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'builtin' },
    threads: { type: 'string', default: '2' },
  },
})
/** Left and right must be exchanged within this share. */
const mirrorLimit = 0.01

const shared = process.env.HIPPO_SHARED_DATA ?? repositoryPath('../shared/data')
const known = [
  '/usr/share/mricron/templates/ch2.nii.gz',
  join(shared, 'heads/dicom/philips_adni_mprage'),
].filter((path) => existsSync(path))

const atOnce = async <T>(_stage: unknown, run: () => T | Promise<T>) => run()

async function readHead(path: string): Promise<Volume> {
  if (!statSync(path).isDirectory()) return readNifti(readFileSync(path)).volume
  const files = (await listFiles([path])).map((file) => new Uint8Array(readFileSync(file)))
  return (await readSeries(files, atOnce, new AbortController().signal)).volume
}

const segmenter = await createSegmenter({
  manifestPath: resolveManifest(values.model),
  threads: Number(values.threads),
})
const localizer = await createLocalizer()
let failed = false
const percent = (value: number, of: number) => (100 * (value - of)) / of
const show = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(1)} %`

async function follow(path: string): Promise<void> {
  const head = await readHead(path)
  const measure = (volume: Volume) =>
    measureHead(volume, { segmenter, localizer }, [], atOnce, undefined)
  const first = await measure(head)
  const [left, right] = first.volumes.map(({ totalMm3 }) => totalMm3) as [number, number]
  const icv = first.intracranialVolume.mm3
  console.log(
    `\n${basename(path)}: left ${left.toFixed(0)}, right ${right.toFixed(0)} mm3, intracranial ${(icv / 1000).toFixed(0)} cm3`,
  )
  const rows: string[][] = []
  const compare = (name: string, again: MeasuredHead, swaps: boolean) => {
    const [a, b] = again.volumes.map(({ totalMm3 }) => totalMm3) as [number, number]
    const changes = swaps
      ? [percent(b, left), percent(a, right)]
      : [percent(a, left), percent(b, right)]
    if (swaps && changes.some((change) => Math.abs(change) > 100 * mirrorLimit)) failed = true
    rows.push([
      name,
      ...changes.map(show),
      show(percent(again.intracranialVolume.mm3, icv)),
      again.localization.score.toFixed(3),
      again.verdict,
    ])
  }
  for (const { name, swaps = false, change } of headChanges) {
    try {
      compare(name, await measure(change(head)), swaps)
    } catch (error) {
      failed = true
      rows.push([name, '-', '-', '-', '-', (error as Error).message])
    }
  }
  const header = ['the same head', 'left', 'right', 'intracranial', 'score', 'verdict']
  console.log(table([header, ...rows]).join('\n'))
}

try {
  const heads = positionals.length > 0 ? positionals : known
  if (heads.length === 0) console.log('No head was found on this machine; give one.')
  for (const path of heads) await follow(path)
} finally {
  await Promise.all([segmenter.close(), localizer.close()])
}
process.exitCode = failed ? 1 : 0
