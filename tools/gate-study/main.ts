// Data behind the limits of the quality gates and the method of counting volumes
// (docs/quality-gates.md): node tools/gate-study/main.ts ../shared/data/hippocampus [--every 5]
// [--threads 1] Treats every n-th labelled crop like a head, degrades it, and compares with the
// manual labels. node tools/gate-study/main.ts HEAD... --study motion|vessels [--every 1] [--sizes
// 2,3.5] [--levels 1.3,1.6] Takes whole heads (NIfTI files, folders with *_t1.nii.gz, folders of
// one DICOM series), moves them while they are scanned or brightens their vessels, and compares
// with the volumes before.
import { parseArgs } from 'node:util'
import { pickLabels } from '../../src/inference/segment-volume.ts'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import type { HeadLocalization } from '../../src/localization/head-localization.ts'
import { tiltRadians } from '../../src/localization/training-pose.ts'
import { estimateNoise } from '../../src/measurement/quality/estimate-noise.ts'
import { bringToPart } from '../../src/measuring/label-part.ts'
import {
  compareWithShifted,
  type HippocampusLook,
  lookForHippocampus,
} from '../../src/measuring/look-for-hippocampus.ts'
import { type LabelledCase, readCases } from '../../src/models/read-cases.ts'
import type { Grid, Vector3, Volume } from '../../src/volume/grid.ts'
import { partWithin } from '../../src/volume/part-of-grid.ts'
import { voxelToPatient, voxelVolumeOf } from '../../src/volume/patient-affine.ts'
import { toVector3 } from '../../src/volume/vector3.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { seededRandom } from '../seeded-random.ts'
import { addBias, addNoise, coarsen, respace } from '../spoil-head/degrade.ts'
import { resampleLabels } from '../spoil-head/resample-volume.ts'
import { listHeads } from './list-heads.ts'
import { printSpoilt, summarizeSpoilt } from './print-spoilt.ts'
import { smoothLabel } from './smooth-label.ts'
import { type SpoiltHead, studyHeads } from './study-heads.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: 'string' },
    threads: { type: 'string', default: '1' },
    model: { type: 'string', default: 'builtin' },
    study: { type: 'string', default: 'crops' },
    sizes: { type: 'string', default: '2,3.5' },
    levels: { type: 'string', default: '1.3,1.6' },
  },
})
const random = seededRandom(7)
/** Head axes whose boxes are aligned with the crops, which are already oriented as in training. */
const axes = {
  right: [-1, 0, 0],
  anterior: [0, -Math.cos(tiltRadians), Math.sin(tiltRadians)],
  superior: [0, Math.sin(tiltRadians), Math.cos(tiltRadians)],
} as const satisfies HeadLocalization['headAxes']

const count = (labels: Uint8Array) => labels.reduce((sum, label) => sum + (label > 0 ? 1 : 0), 0)
const sumForeground = (background: Float32Array) =>
  background.reduce((sum, value) => sum + 1 - value, 0)

/** The volume of one pass by three methods, mm3. */
function countThreeWays({ labels, boxLabels, probabilities, part }: HippocampusLook) {
  const mm3 = voxelVolumeOf(part.grid.affine)
  return {
    source: count(labels) * mm3,
    probabilities: sumForeground(probabilities[0]!) * mm3,
    model: count(boxLabels),
  }
}

function middleOf({ dimensions, affine }: Grid): Vector3 {
  return voxelToPatient(affine, toVector3(dimensions.map((n) => (n - 1) / 2)))
}

function dice(look: HippocampusLook, { volume, truth }: LabelledCase): number {
  const onSource = resampleLabels({ ...volume, labels: truth }, look.part.grid).labels
  let both = 0
  let sum = 0
  look.labels.forEach((label, index) => {
    sum += Number(label > 0) + Number(onSource[index]! > 0)
    if (label > 0 && onSource[index]! > 0) both++
  })
  return (2 * both) / sum
}

async function lookAt(volume: Volume, offMm: number, segmenter: Segmenter) {
  const middle = middleOf(volume)
  const off = () => (random() - 0.5) * 2 * offMm
  const center: Vector3 = [middle[0] + off(), middle[1] + off(), middle[2] + off()]
  const localization = {
    headAxes: axes,
    centers: { left: center, right: center },
  } as unknown as HeadLocalization
  return lookForHippocampus(volume, 'left', localization, segmenter, undefined)
}

const degradations: readonly (readonly [string, (volume: Volume) => Volume])[] = [
  ['as it is', (volume) => volume],
  ['1.3 mm', (volume) => coarsen(volume, 1.3, random)],
  ['1.6 mm', (volume) => coarsen(volume, 1.6, random)],
  ['2.0 mm', (volume) => coarsen(volume, 2, random)],
  ['noise 5 %', (volume) => addNoise(volume, 0.05, random)],
  ['noise 10 %', (volume) => addNoise(volume, 0.1, random)],
  ['noise 15 %', (volume) => addNoise(volume, 0.15, random)],
  ['noise 20 %', (volume) => addNoise(volume, 0.2, random)],
  ['noise 30 %', (volume) => addNoise(volume, 0.3, random)],
  ['noise 50 %', (volume) => addNoise(volume, 0.5, random)],
  ['bias 40 %', (volume) => addBias(volume, 0.4)],
  ['bias 100 %', (volume) => addBias(volume, 1)],
  [
    'inverted contrast',
    (volume) => {
      const most = volume.intensities.reduce((a, b) => Math.max(a, b), 0)
      return { ...volume, intensities: volume.intensities.map((v) => (v === 0 ? 0 : most - v)) }
    },
  ],
]

interface Row {
  readonly dice: number
  readonly own: number
  readonly agreement: number
  readonly noise: number
  readonly cleared: number
  readonly border: number
  readonly errors: Readonly<Record<'source' | 'probabilities' | 'model', number>>
}

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)
const at = (numbers: readonly number[], share: number) =>
  sorted(numbers)[Math.round(share * (numbers.length - 1))] ?? Number.NaN
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length
const range = (numbers: readonly number[], digits = 3) =>
  [0, 0.05, 0.5, 0.95, 1].map((share) => at(numbers, share).toFixed(digits)).join(' ')

function print(name: string, rows: readonly Row[]): void {
  console.log(`\n${name} (${rows.length} cases; least, 5 %, median, 95 %, most)`)
  for (const key of ['dice', 'own', 'agreement', 'noise', 'cleared', 'border'] as const) {
    console.log(`  ${key.padEnd(12)} ${range(rows.map((row) => row[key]))}`)
  }
  for (const way of ['source', 'probabilities', 'model'] as const) {
    const errors = rows.map((row) => row.errors[way])
    const spread = Math.sqrt(mean(errors.map((error) => (error - mean(errors)) ** 2)))
    console.log(
      `  volume by ${way.padEnd(13)} bias ${mean(errors).toFixed(2)} %, spread ${spread.toFixed(2)} %`,
    )
  }
}

/** Volumes of known masks resampled to coarser grids as probabilities, without any network. */
function studyPhantoms(cases: readonly LabelledCase[]): void {
  for (const mm of [1, 1.3, 1.6, 2]) {
    const errors = { source: [] as number[], probabilities: [] as number[] }
    for (const { volume, truth } of cases) {
      const foreground = smoothLabel(truth, volume.dimensions)
      const classes = [foreground.map((p) => 1 - p), foreground]
      const exact = count(pickLabels(classes, truth.length))
      const target = respace(volume, mm, random)
      const part = partWithin(target, volume)!
      const brought = bringToPart(classes, volume, part)
      const mm3 = voxelVolumeOf(target.affine)
      const source = count(pickLabels(brought, brought[0]!.length)) * mm3
      errors.source.push((100 * (source - exact)) / exact)
      errors.probabilities.push((100 * (sumForeground(brought[0]!) * mm3 - exact)) / exact)
    }
    const tell = (all: readonly number[]) =>
      `bias ${mean(all).toFixed(2)} %, spread ${Math.sqrt(mean(all.map((e) => (e - mean(all)) ** 2))).toFixed(2)} %`
    console.log(
      `known masks at ${mm} mm: counted ${tell(errors.source)}; summed ${tell(errors.probabilities)}`,
    )
  }
}

if (values.study === 'motion' || values.study === 'vessels') {
  const numbers = (list: string) => list.split(',').map(Number)
  const spoilt: SpoiltHead[] = []
  const study = studyHeads(values.study, {
    heads: listHeads(positionals).filter((_, index) => index % Number(values.every ?? 1) === 0),
    manifestPath: resolveManifest(values.model),
    threads: Number(values.threads),
    sizes: numbers(values.sizes),
    levels: numbers(values.levels),
  })
  for await (const one of study) {
    console.log(printSpoilt(one))
    spoilt.push(one)
  }
  console.log(summarizeSpoilt(spoilt).join('\n'))
  process.exit()
}
const folder = positionals[0]
if (folder === undefined) throw new Error('Give the folder of crops (images/ and labels/).')
const cases = [...readCases(folder, undefined)]
  .filter((one) => 'volume' in one)
  .filter((_, index) => index % Number(values.every ?? 5) === 0)
studyPhantoms(cases)
const segmenter = await createSegmenter({
  manifestPath: resolveManifest(values.model),
  threads: Number(values.threads),
})
for (const [name, degrade] of degradations) {
  const rows: Row[] = []
  for (const one of cases) {
    const manual = count(one.truth)
    const volume = degrade(one.volume)
    const look = await lookAt(volume, 6, segmenter)
    if (look === undefined || count(look.labels) === 0) continue
    const ways = countThreeWays(look)
    const error = (mm3: number) => (100 * (mm3 - manual)) / manual
    rows.push({
      dice: dice(look, one),
      own: look.ownEstimate,
      agreement: await compareWithShifted(volume, look, segmenter, undefined),
      noise: estimateNoise(volume),
      cleared: look.clearedShare,
      border: look.borderShare,
      errors: {
        source: error(ways.source),
        probabilities: error(ways.probabilities),
        model: error(ways.model),
      },
    })
  }
  print(`${name}, of ${cases.length}`, rows)
}
await segmenter.close()
