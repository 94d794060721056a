// Derives how the model's volumes relate to those of NOMIS (docs/norms.md tells the reasoning):
//   npm run norms:offset -- [--data FOLDER] [--model MANIFEST]
// It reads manual tracings (hippocampus/) and a FreeSurfer-labelled head (heads/freesurfer/) and prints the
// arithmetic and the entry for methodOffsets in src/measurement/norms/nomis.json. It changes nothing.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { expectVolume } from '../../src/measurement/norms/expected-volume.ts'
import { readCases } from '../../src/models/read-cases.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import { type MeasuringTools, measureHead } from '../../src/pipeline/measure-head.ts'
import { timeSteps } from '../../src/pipeline/time-steps.ts'
import { resolveManifest } from '../../src/shipped-model.ts'
import { voxelVolumeOf } from '../../src/volume/patient-affine.ts'
import { repositoryPath } from '../repository-path.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.HIPPO_SHARED_DATA ?? '../shared/data' },
    model: { type: 'string', default: 'builtin' },
  },
})
const data = repositoryPath(values.data)
const say = (line = '') => console.log(line)
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length

/** What is assumed because the data do not say it; each with its standard error, as part of the volume. */
const assumed = {
  /** Of the people traced, by the data set's description: 105 of 195 with a psychotic disorder. */
  illShare: 105 / 195,
  /** Loss of hippocampal volume in schizophrenia: Nelson 1998, 4 %; half of it as standard error. */
  illLoss: 0.04,
  illLossError: 0.02,
  /** Their ages are not given; the norms change by less than this between 22 and 50 years. */
  ageError: 0.007,
  /** Their heads are not given: the norms' mean, which a group of adults meets within 50 cm3. */
  headErrorMm3: 50_000,
  /** One site and scanner stands for all: FreeSurfer differs between scanners by a few percent. */
  siteError: 0.02,
  /** The model may measure a little differently on scanners it did not learn from. */
  otherScannerError: 0.03,
  /** How well the bias against tracings that the model did not learn from is known: the model card. */
  modelBiasError: 0.0043,
  /** How far two methods' ratio differs from person to person; the two sides of nis19 and HippoDeep: 8 %. */
  personError: 0.06,
  /** How intracranial volumes of adults of both sexes are spread. */
  headSpreadMm3: 150_000,
}

/** The norms' mean over both sides, both sexes and ages of 22 to 50 years, in a head of their mean size. */
function expectYoungAdults() {
  const norms = builtinNorms
  if (norms.kind !== 'regression') throw new Error('The shipped norms are no regression.')
  const icv = norms.intracranialVolumeCenterMm3
  const people = (['left', 'right'] as const).flatMap((side) =>
    (['F', 'M'] as const).flatMap((sex) =>
      Array.from({ length: 29 }, (_, year) => {
        const person = { ageYears: 22 + year, sex, intracranialVolumeMm3: icv }
        return { side, ...expectVolume(norms, side, person)! }
      }),
    ),
  )
  const of = (side: string) =>
    mean(people.filter((one) => one.side === side).map((one) => one.medianMm3))
  return {
    both: mean(people.map(({ medianMm3 }) => medianMm3)),
    left: of('left'),
    right: of('right'),
    standardDeviation: mean(people.map((one) => one.volumeAt(1) - one.medianMm3)),
    perIcv: mean(people.map(({ perIntracranialMm3 }) => perIntracranialMm3)),
  }
}

const spreadOf = (list: readonly number[]) =>
  Math.sqrt(mean(list.map((value) => (value - mean(list)) ** 2))) / mean(list)

/** Volumes of the crops as traced by hand and as the model measures them, mm3. */
async function measureCrops(segmenter: Segmenter) {
  const traced: number[] = []
  const measured: number[] = []
  for (const one of readCases(join(data, 'hippocampus'), undefined)) {
    if ('reason' in one) continue
    traced.push(measureHippocampus({ ...one.volume, labels: one.truth }, 'unknown').totalMm3)
    const { labelMap } = await segmenter.segment(one.volume, { side: 'left' })
    measured.push(measureHippocampus(labelMap, 'left').totalMm3)
  }
  return { traced, measured }
}

function fromTracings(volumes: readonly number[], modelBias: number) {
  const traced = mean(volumes)
  const spread = spreadOf(volumes)
  const expected = expectYoungAdults()
  const healthy = traced / (1 - assumed.illShare * assumed.illLoss)
  const ours = healthy * (1 + modelBias)
  const ratio = ours / expected.both
  const errors = {
    'sampling (two crops a person)': spread / Math.sqrt(volumes.length / 2),
    'loss by illness': assumed.illShare * assumed.illLossError,
    age: assumed.ageError,
    'size of heads': (expected.perIcv * assumed.headErrorMm3) / expected.both,
    'side (left, right or both)':
      (expected.right - expected.left) / 2 / Math.sqrt(3) / expected.both,
    'one site': assumed.siteError,
    'other scanners than the tracings came from': assumed.otherScannerError,
    'model against tracing': assumed.modelBiasError,
  }
  const error = Math.hypot(...Object.values(errors))
  say(`A. ${volumes.length} manual tracings of adults (Decathlon)`)
  say(`   mean ${traced.toFixed(0)} mm3, spread ${percent(spread)}`)
  say(
    `   as if all were healthy: ${healthy.toFixed(0)} mm3; as the model measures: ${ours.toFixed(0)}`,
  )
  say(
    `   the norms at 22 to 50 years: left ${expected.left.toFixed(0)}, right ${expected.right.toFixed(0)}, mean ${expected.both.toFixed(0)} mm3`,
  )
  for (const [name, value] of Object.entries(errors)) say(`   error of ${name}: ${percent(value)}`)
  say(`   ratio ${ratio.toFixed(4)}, standard error ${percent(error)}`)
  return { ratio, error }
}

/** How far the ratio differs from person to person: the spread of volumes that nothing else explains. */
function scatterOf(traced: readonly number[], measured: readonly number[]) {
  const expected = expectYoungAdults()
  const seen = spreadOf(measured)
  const explained = {
    "the norms' own residual": expected.standardDeviation / expected.both,
    'size of heads': (expected.perIcv * assumed.headSpreadMm3) / expected.both,
    'healthy and ill mixed': assumed.illLoss * Math.sqrt(assumed.illShare * (1 - assumed.illShare)),
    'age from 22 to 50': assumed.ageError,
  }
  const rest = seen ** 2 - Math.hypot(...Object.values(explained)) ** 2
  const scatter = Math.sqrt(Math.max(0, rest))
  say()
  say(
    `C. Spread of the volumes: traced ${percent(spreadOf(traced))}, by the model ${percent(seen)}`,
  )
  for (const [name, value] of Object.entries(explained))
    say(`   explained by ${name}: ${percent(value)}`)
  say(`   left over: ${percent(scatter)} from person to person`)
  return scatter
}

/** The same brain measured by both: its labels by FreeSurfer, and the product as it measures any head. */
async function fromLabelledHead(tools: MeasuringTools) {
  const folder = join(data, 'heads', 'freesurfer')
  const read = (name: string) => readNifti(readFileSync(join(folder, name))).volume
  const labels = read('nis19_hippocampus.nii.gz')
  const voxelMm3 = voxelVolumeOf(labels.affine)
  const step = timeSteps(
    () => 0,
    () => {},
    new AbortController().signal,
  )
  const { volumes } = await measureHead(read('nis19_t1.nii.gz'), tools, [], step, undefined)
  say()
  say('B. nis19, a woman of 46 with labels of FreeSurfer')
  const ratios = volumes.map(({ side, totalMm3 }) => {
    const wanted = side === 'left' ? 1 : 2
    const theirs = labels.intensities.reduce((sum, label) => sum + Number(label === wanted), 0)
    const ratio = totalMm3 / (theirs * voxelMm3)
    const figures = `FreeSurfer ${(theirs * voxelMm3).toFixed(0)}, model ${totalMm3.toFixed(0)} mm3`
    say(`   ${side}: ${figures}, ratio ${ratio.toFixed(4)}`)
    return ratio
  })
  const ratio = Math.exp(mean(ratios.map(Math.log)))
  say(`   ratio ${ratio.toFixed(4)}, standard error ${percent(assumed.personError)} (one person)`)
  return { ratio, error: assumed.personError }
}

const segmenter = await createSegmenter({ manifestPath: resolveManifest(values.model), threads: 1 })
const localizer = await createLocalizer({})
const { traced, measured } = await measureCrops(segmenter)
const biasPercent = segmenter.manifest.scores?.volumeBiasPercent
if (biasPercent === undefined) throw new Error("The model's manifest has no volumeBiasPercent.")
const a = fromTracings(traced, biasPercent / 100)
const b = await fromLabelledHead({ segmenter, localizer })
const scatter = scatterOf(traced, measured)
await Promise.all([segmenter.close(), localizer.close()])
const weights = [a, b].map(({ error }) => 1 / error ** 2)
const total = weights[0]! + weights[1]!
const mixed = Math.exp((weights[0]! * Math.log(a.ratio) + weights[1]! * Math.log(b.ratio)) / total)
const apart = Math.log(a.ratio / b.ratio)
const chiSquare = apart ** 2 / (a.error ** 2 + b.error ** 2)
const relativeError = Math.sqrt(1 / total) * Math.sqrt(Math.max(1, chiSquare))
say()
say(
  `A and B are ${percent(Math.abs(apart))} apart, chi square ${chiSquare.toFixed(2)} on 1 degree of freedom`,
)
say(
  `Together: ratio ${mixed.toFixed(3)}, standard error ${percent(relativeError)}, 95 % ${(mixed * (1 - 1.96 * relativeError)).toFixed(3)} to ${(mixed * (1 + 1.96 * relativeError)).toFixed(3)}`,
)
const { name: model, version } = segmenter.manifest
say()
say(
  JSON.stringify({
    model,
    from: version,
    ratio: Number(mixed.toFixed(3)),
    relativeStandardError: Number(relativeError.toFixed(3)),
    relativeScatter: Number(scatter.toFixed(3)),
  }),
)
