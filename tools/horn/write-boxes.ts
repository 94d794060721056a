// Cuts the boxes around both hippocampi out of whole heads exactly as the product does, for models/training (horn_cases.py).
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { lookForHippocampus } from '../../src/measuring/look-for-hippocampus.ts'
import { resampleCubic } from '../../src/volume/resample-cubic.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { listHeads } from '../check-localization/read-head.ts'

const usage = `node tools/horn/write-boxes.ts HEADS --output FOLDER

HEADS contains whole heads (ID_t1.nii.gz). For each side of each head FOLDER gets ID_SIDE.f32, the intensities of
the box on the model's grid (columns towards superior, rows towards anterior, slices towards right), and
ID_SIDE.u8, the model's labels of the hippocampus in it; boxes.json has size and affine (voxel to LPS mm) of each.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { output: { type: 'string' }, threads: { type: 'string', default: '1' } },
})
if (positionals.length !== 1 || values.output === undefined) {
  console.error(usage)
  process.exit(2)
}
const folder = values.output
mkdirSync(folder, { recursive: true })
const segmenter = await createSegmenter({
  manifestPath: resolveManifest('builtin'),
  threads: Number(values.threads),
})
const localizer = await createLocalizer({})
const boxes = []
for (const head of listHeads(positionals[0]!)) {
  const name = head.name.split('/').at(-1)!
  const volume = await head.read()
  const localization = await localizer.locate(volume, {})
  if (!localization.found) {
    console.error(`${name}: no head was found`)
    continue
  }
  for (const side of ['left', 'right'] as const) {
    const look = await lookForHippocampus(volume, side, localization, segmenter, undefined)
    if (look === undefined) continue
    const file = `${name}_${side}`
    writeFileSync(join(folder, `${file}.f32`), resampleCubic(volume, look.box).intensities)
    writeFileSync(join(folder, `${file}.u8`), look.boxLabels)
    boxes.push({ name, side, file, ...look.box })
  }
  console.log(name)
}
writeFileSync(join(folder, 'boxes.json'), `${JSON.stringify(boxes, null, 1)}\n`)
await Promise.all([segmenter.close(), localizer.close()])
