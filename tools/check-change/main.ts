// How well each method, including the product's, measures a change between two scans of one head:
// simulated losses around labels that the model did not make, with every visit imaged again; or
// real repeated scans. npm run check -- change FOLDER/NAME... [--amounts 0,1,2,5,10] [--repeats 3]
// [--json FILE] npm run check -- change --pairs FOLDER ID_first.nii.gz with ID_second.nii.gz,
// without a change
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { measureChange } from '../../src/longitudinal/measure-change.ts'
import { weighSigns } from '../../src/measurement/judge-change.ts'
import { findFluid } from '../../src/models/known-change/fluid.ts'
import { cutPatch, placePatch } from '../../src/models/known-change/patch.ts'
import { seededRandom, seedOf } from '../../src/models/known-change/seeded-random.ts'
import { simulatorNames, simulators } from '../../src/models/known-change/simulators.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { bothSides, type KnownCase } from '../atrophy/known-case.ts'
import { type ChangeRow, compareWays } from './change-rows.ts'
import { imageAgain } from './image-again.ts'
import { type MeasuredVisit, measureVisit } from './measure-visit.ts'
import { readKnownHead } from './read-known-heads.ts'
import { shrinkTogether } from './shrink-together.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    amounts: { type: 'string', default: '0,1,2,5,10' },
    repeats: { type: 'string', default: '3' },
    model: { type: 'string', default: 'builtin' },
    pairs: { type: 'string' },
    json: { type: 'string' },
  },
})
const amounts = values.amounts.split(',').map(Number)
const repeats = Number(values.repeats)
const segmenter = await createSegmenter({
  manifestPath: resolveManifest(values.model),
  threads: 1,
})
const localizer = await createLocalizer({})
const tools = { segmenter, localizer }
const rows: ChangeRow[] = []

/** Compares two visits and keeps the result of every method. */
async function compare(
  head: string,
  change: string,
  known: Readonly<Record<'left' | 'right', number>>,
  earlier: MeasuredVisit,
  later: MeasuredVisit,
): Promise<void> {
  const reading = await measureChange(earlier, later, segmenter)
  if ('reason' in reading) {
    console.log(`${head}, ${change}: ${reading.sentence}`)
    return
  }
  for (const { side, signs } of reading.sides) {
    const alone = 100 * (later.volumesMm3[side] / earlier.volumesMm3[side] - 1)
    rows.push({ head, change, side, known: known[side], alone, signs })
    const seen = [alone, signs.outlined, weighSigns(signs)].map((one) => one.toFixed(2))
    console.log(`${head} ${change} ${side} ${known[side].toFixed(2)}: ${seen.join(' ')}`)
  }
}

const groups = [...simulatorNames, 'together'] as const

/** The head after both hippocampi have lost a share by one of the simulators. */
function shrink(known: KnownCase, group: (typeof groups)[number], percent: number) {
  let { volume } = known
  const lost = { left: 0, right: 0 }
  for (const { side, values: labels } of known.hippocampi) {
    const fluid = findFluid(cutPatch(known.volume, known, labels, side))
    const patch = cutPatch(volume, known, labels, side)
    const random = seededRandom(seedOf(known.name, group, String(percent)))
    const left = 1 - percent / 100
    const changed =
      group === 'together'
        ? { intensities: shrinkTogether(patch, left), ratio: left }
        : simulators[group](patch, fluid, { left }, random)
    volume = placePatch(volume, patch, changed.intensities)
    lost[side] = 100 * (changed.ratio - 1)
  }
  return { volume, lost }
}

try {
  for (const path of positionals) {
    const known = readKnownHead(dirname(path), basename(path))
    const visit = (head: KnownCase['volume'], name: string) =>
      measureVisit(imageAgain(head, seededRandom(seedOf(known.name, name))), tools)
    const first = await visit(known.volume, 'first')
    for (const amount of amounts) {
      if (amount === 0) {
        for (let n = 0; n < repeats; n++) {
          const again = await visit(known.volume, `again ${n}`)
          await compare(known.name, 'none', { left: 0, right: 0 }, first, again)
        }
        continue
      }
      for (const group of groups) {
        const { volume, lost } = shrink(known, group, amount)
        const later = await visit(volume, `${group} ${amount}`)
        await compare(known.name, group, lost, first, later)
      }
    }
  }
  const { pairs } = values
  for (const file of pairs === undefined ? [] : readdirSync(pairs).sort()) {
    const name = /^(.+)_first(\.nii(\.gz)?)$/.exec(file)
    if (pairs === undefined || name === null) continue
    const read = (one: string) => readNifti(readFileSync(join(pairs, one))).volume
    const earlier = await measureVisit(read(file), tools)
    const later = await measureVisit(read(`${name[1]}_second${name[2]}`), tools)
    await compare(name[1]!, 'real', { left: 0, right: 0 }, earlier, later)
  }
} finally {
  await Promise.all([segmenter.close(), localizer.close()])
}

const heads = new Set(rows.map(({ head }) => head)).size
console.log(`\n${heads} heads, ${rows.length} pairs of hippocampi (${bothSides.join(', ')})`)
for (const { way, slopes, mean, deviation, pairs } of compareWays(rows)) {
  const said = Object.entries(slopes).map(([name, slope]) => `${name} ${slope.toFixed(2)}`)
  const still = `${mean.toFixed(2)} % (sd ${deviation.toFixed(2)}, ${pairs} pairs)`
  console.log(`${way.padEnd(22)} no change ${still}; slope ${said.join(', ') || '-'}`)
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 1)}\n`)
