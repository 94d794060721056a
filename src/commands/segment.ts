import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { HippoError, recordError, toHippoError } from '../errors.ts'
import { createSegmenter } from '../inference/segmenter.ts'
import { createLocalizer, type Localizer } from '../localization/localizer.ts'
import type { HippocampusVolumes, Side } from '../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../measurement/intracranial-volume.ts'
import { findingsOf } from '../measurement/quality/worst-verdict.ts'
import type { QualityFinding, QualityVerdict } from '../measurement/quality-finding.ts'
import { readNifti } from '../nifti/read-nifti.ts'
import { writeNifti } from '../nifti/write-nifti.ts'
import { findingsBehind } from '../pipeline/compose-rejection.ts'
import { measureCrop } from '../pipeline/measure-crop.ts'
import { type MeasuringTools, measureHead } from '../pipeline/measure-head.ts'
import type { SeriesKind } from '../selection/series-choice.ts'
import { resolveManifest } from '../shipped-model.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import { spacingOf } from '../volume/patient-affine.ts'
import { createProgress } from './progress.ts'

export interface SegmentOptions {
  readonly output: string
  /** Of crops. */
  readonly side: Side
  /** What the images show; by their size unless said. */
  readonly kind?: SeriesKind | undefined
  readonly model: string
  readonly threads: number
  readonly json: boolean
  readonly quiet: boolean
}

/** What became of one image, as --json prints it. */
type SegmentedImage =
  | {
      readonly input: string
      readonly state: 'segmented'
      readonly kind: SeriesKind
      readonly output: string
      /** Of a crop's hippocampus; of a head's left and right one. */
      readonly volumes: HippocampusVolumes | readonly HippocampusVolumes[]
      /** Of a crop; absent when the model cannot tell. */
      readonly expectedDice?: number | undefined
      /** Of a head, like what follows. */
      readonly intracranialVolume?: IntracranialVolume
      /** Agreement with the template, -1 to 1. */
      readonly score?: number
      readonly verdict: QualityVerdict
      readonly quality: readonly QualityFinding[]
      readonly seconds: number
    }
  | {
      readonly input: string
      readonly state: 'rejected'
      readonly kind?: SeriesKind | undefined
      readonly quality: readonly QualityFinding[]
      readonly error: object
    }

const isNiftiName = (path: string) => /\.nii(\.gz)?$/i.test(path)

/** One image goes into the named file; several, or any into a folder, keep their names there. */
async function nameOutputs(inputs: readonly string[], output: string): Promise<string[]> {
  const isFolder = (await stat(output).catch(() => undefined))?.isDirectory() ?? false
  if (inputs.length === 1 && !isFolder && isNiftiName(output)) return [output]
  if (!isFolder && isNiftiName(output)) {
    throw new HippoError('REQUEST_INVALID', 'Several images need a folder as --output.')
  }
  const names = inputs.map((input) => basename(input).replace(/(\.nii(\.gz)?)?$/i, '.nii.gz'))
  if (new Set(names).size < names.length) {
    throw new HippoError('REQUEST_INVALID', 'Two of the images have the same name.')
  }
  return names.map((name) => join(output, name))
}

/** Where each image's labels go. Throws REQUEST_INVALID, also where they would replace an image. */
async function planOutputs(inputs: readonly string[], output: string): Promise<string[]> {
  const outputs = await nameOutputs(inputs, output)
  const images = new Set(inputs.map((input) => resolve(input)))
  const overwritten = outputs.find((path) => images.has(resolve(path)))
  if (overwritten === undefined) return outputs
  throw new HippoError(
    'REQUEST_INVALID',
    `The labels would be written over the image ${overwritten}. Choose another --output.`,
  )
}

/** From this length on any side, an image is taken for a whole head, millimetres. */
const headSideMm = 100

/** What an image shows by its size. */
export function guessKind({ dimensions, affine }: Volume): SeriesKind {
  const sides = spacingOf(affine).map((mm, axis) => mm * dimensions[axis]!)
  return sides.every((mm) => mm < headSideMm) ? 'crop' : 'head'
}

const atOnce = async <T>(_stage: unknown, run: () => T | Promise<T>) => run()

interface Labelled {
  readonly labelMap: LabelMap
  readonly facts: Omit<
    Extract<SegmentedImage, { state: 'segmented' }>,
    'input' | 'output' | 'seconds' | 'state'
  >
}

async function labelCrop(volume: Volume, side: Side, tools: MeasuringTools): Promise<Labelled> {
  const measured = await measureCrop(volume, side, tools.segmenter, [], atOnce, undefined)
  const { labelMap, volumes, expectedDice, verdict, quality } = measured
  return { labelMap, facts: { kind: 'crop', volumes: volumes[0], expectedDice, verdict, quality } }
}

async function labelHead(volume: Volume, tools: MeasuringTools): Promise<Labelled> {
  const measured = await measureHead(volume, tools, [], atOnce, undefined)
  const { labelMap, volumes, intracranialVolume, verdict, quality, localization } = measured
  const { score } = localization
  return { labelMap, facts: { kind: 'head', volumes, intracranialVolume, score, verdict, quality } }
}

async function segmentImage(
  input: string,
  output: string,
  { side, kind: wanted }: SegmentOptions,
  tools: MeasuringTools,
): Promise<SegmentedImage> {
  const start = performance.now()
  let kind = wanted
  try {
    const bytes = await readFile(input).catch((cause: unknown) => {
      throw new HippoError('FILE_UNREADABLE', `${input} does not exist or cannot be read.`, {
        cause,
      })
    })
    const { volume, header } = readNifti(bytes)
    kind ??= guessKind(volume)
    const { labelMap, facts } =
      kind === 'head' ? await labelHead(volume, tools) : await labelCrop(volume, side, tools)
    const file = writeNifti(labelMap, { gzip: /\.gz$/i.test(output), reference: header })
    await mkdir(dirname(output), { recursive: true })
    await writeFile(output, file)
    const seconds = Math.round(performance.now() - start) / 1000
    return { input, state: 'segmented', ...facts, output, seconds }
  } catch (error) {
    const problem = toHippoError(error, 'infer')
    const quality = findingsBehind(problem)
    return { input, state: 'rejected', kind, quality, error: recordError(problem) }
  }
}

function describeVolumes({ anteriorMm3, posteriorMm3, totalMm3 }: HippocampusVolumes): string {
  const [anterior, posterior, total] = [anteriorMm3, posteriorMm3, totalMm3].map(Math.round)
  return `anterior ${anterior}, posterior ${posterior}, total ${total} mm3`
}

function describe(image: SegmentedImage): string {
  if (image.state === 'rejected') {
    return `${image.input}: not segmented. ${(image.error as { message: string }).message}`
  }
  const { input, output, volumes, intracranialVolume, score, quality } = image
  if (!('length' in volumes)) return `${input}: ${describeVolumes(volumes)} -> ${output}`
  const icv = (intracranialVolume?.mm3 ?? 0) / 1000
  return [
    `${input}: whole head (agreement with the template ${score?.toFixed(2)}) -> ${output}`,
    ...volumes.map((one) => `  ${one.side}: ${describeVolumes(one)}`),
    `  intracranial volume: about ${Math.round(icv)} cm3`,
    ...findingsOf(quality, 'warning').map(({ sentence }) => `  warning: ${sentence}`),
  ].join('\n')
}

/** A localizer that is started when the first whole head comes: crops need none. */
export function localizeWhenNeeded(): Localizer {
  let started: Promise<Localizer> | undefined
  return {
    async locate(volume, options) {
      started ??= createLocalizer({})
      return (await started).locate(volume, options)
    },
    close: async () => (await started)?.close(),
  }
}

/**
 * Labels NIfTI images in their own grids: crops with 1 anterior, 2 posterior; whole heads with 1 and 2 on
 * the left, 3 and 4 on the right. Answers the exit code: 0 when all were segmented, 1 when some were
 * not. Throws for arguments that make no sense.
 */
export async function segment(inputs: readonly string[], options: SegmentOptions): Promise<number> {
  const outputs = await planOutputs(inputs, options.output)
  const progress = createProgress(process.stderr, options.quiet || options.json)
  const segmenter = await createSegmenter({
    manifestPath: resolveManifest(options.model),
    threads: options.threads,
  })
  const localizer = localizeWhenNeeded()
  const images: SegmentedImage[] = []
  try {
    for (const [index, input] of inputs.entries()) {
      const image = await segmentImage(input, outputs[index]!, options, { segmenter, localizer })
      images.push(image)
      if (!options.json) console.log(describe(image))
      if (inputs.length > 1) progress.count('segmented', index + 1, inputs.length)
    }
  } finally {
    await Promise.all([segmenter.close(), localizer.close()])
  }
  if (options.json) console.log(JSON.stringify({ images }, null, 2))
  return images.every(({ state }) => state === 'segmented') ? 0 : 1
}
