import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { HippoError, recordError, toHippoError } from '../errors.ts'
import { createSegmenter, type Segmenter } from '../inference/segmenter.ts'
import type { HippocampusVolumes, Side } from '../measurement/hippocampus-volumes.ts'
import { measureHippocampus, requireHippocampus } from '../measurement/measure-hippocampus.ts'
import { readNifti } from '../nifti/read-nifti.ts'
import { writeNifti } from '../nifti/write-nifti.ts'
import { resolveManifest } from '../shipped-model.ts'
import { createProgress } from './progress.ts'

export interface SegmentOptions {
  readonly output: string
  readonly side: Side
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
      readonly output: string
      readonly volumes: HippocampusVolumes
      /** Absent when the model cannot tell. */
      readonly expectedDice: number | undefined
      readonly seconds: number
    }
  | { readonly input: string; readonly state: 'rejected'; readonly error: object }

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

async function segmentImage(
  input: string,
  output: string,
  side: Side,
  segmenter: Segmenter,
): Promise<SegmentedImage> {
  const start = performance.now()
  try {
    const bytes = await readFile(input).catch((cause: unknown) => {
      throw new HippoError('FILE_UNREADABLE', `${input} does not exist or cannot be read.`, {
        cause,
      })
    })
    const { volume, header } = readNifti(bytes)
    const { labelMap, confidence } = await segmenter.segment(volume, { side })
    const volumes = measureHippocampus(labelMap, side)
    requireHippocampus(volumes)
    const file = writeNifti(labelMap, { gzip: /\.gz$/i.test(output), reference: header })
    await mkdir(dirname(output), { recursive: true })
    await writeFile(output, file)
    return {
      input,
      state: 'segmented',
      output,
      volumes,
      expectedDice: confidence.expectedDice,
      seconds: Math.round(performance.now() - start) / 1000,
    }
  } catch (error) {
    return { input, state: 'rejected', error: recordError(toHippoError(error, 'infer')) }
  }
}

function describe(image: SegmentedImage): string {
  if (image.state === 'rejected') {
    return `${image.input}: not segmented. ${(image.error as { message: string }).message}`
  }
  const { anteriorMm3, posteriorMm3, totalMm3 } = image.volumes
  const [anterior, posterior, total] = [anteriorMm3, posteriorMm3, totalMm3].map(Math.round)
  return `${image.input}: anterior ${anterior}, posterior ${posterior}, total ${total} mm3 -> ${image.output}`
}

/**
 * Labels NIfTI crops in their own grids (1 anterior, 2 posterior). Answers the exit code: 0 when all
 * were segmented, 1 when some were not. Throws for arguments that make no sense.
 */
export async function segment(inputs: readonly string[], options: SegmentOptions): Promise<number> {
  const outputs = await planOutputs(inputs, options.output)
  const progress = createProgress(process.stderr, options.quiet || options.json)
  const segmenter = await createSegmenter({
    manifestPath: resolveManifest(options.model),
    threads: options.threads,
  })
  const images: SegmentedImage[] = []
  try {
    for (const [index, input] of inputs.entries()) {
      const image = await segmentImage(input, outputs[index]!, options.side, segmenter)
      images.push(image)
      if (!options.json) console.log(describe(image))
      if (inputs.length > 1) progress.count('segmented', index + 1, inputs.length)
    }
  } finally {
    await segmenter.close()
  }
  if (options.json) console.log(JSON.stringify({ images }, null, 2))
  return images.every(({ state }) => state === 'segmented') ? 0 : 1
}
