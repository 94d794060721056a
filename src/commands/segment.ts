import { HippoError } from '../errors.ts'
import { createSegmenter } from '../inference/segmenter.ts'
import { createLocalizer, type Localizer } from '../localization/localizer.ts'
import type { MeasuringTools } from '../measuring/measure-head.ts'
import { resolveManifest } from '../wiring/shipped-model.ts'
import { describeImage } from './describe-image.ts'
import { checkTablePath, findSubjects, type Subjects, writeTable } from './image-table.ts'
import { planOutputs, refuseFolders } from './plan-outputs.ts'
import { createProgress } from './progress.ts'
import { type ImageOptions, type SegmentedImage, segmentImage } from './segment-image.ts'

export interface SegmentOptions extends Omit<ImageOptions, 'person'> {
  /** Output of the labels; not written by default. */
  readonly output?: string | undefined
  /** Table with the age and sex of the people the images show. */
  readonly people?: string | undefined
  /** Table of results to write. */
  readonly csv?: string | undefined
  readonly model: string
  readonly threads: number
  readonly json: boolean
  readonly quiet: boolean
}

/** A localizer that is started for the first whole head: crops need none. */
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

/** Measures one image after another and reports the result of each. */
async function* segmentAll(
  inputs: readonly string[],
  outputs: readonly (string | undefined)[],
  { people }: Subjects,
  options: SegmentOptions,
  tools: MeasuringTools,
): AsyncGenerator<SegmentedImage> {
  const progress = createProgress(process.stderr, options.quiet || options.json)
  let segmented = 0
  for (const [index, input] of inputs.entries()) {
    const person = people.get(input)
    const image = await segmentImage(input, outputs[index], { ...options, person }, tools)
    if (image.state === 'segmented') segmented++
    if (!options.json) console.log(describeImage(image, person !== undefined))
    const done = index + 1
    const outcome = `${segmented} segmented, ${done - segmented} not`
    if (inputs.length > 1) progress.count('images', done, inputs.length, outcome)
    yield image
  }
}

/** The people of the images; not needed without a table. */
async function planTable(inputs: readonly string[], options: SegmentOptions): Promise<Subjects> {
  const { csv, people } = options
  if (csv === undefined) {
    if (people === undefined) return { ids: new Map(), people: new Map() }
    throw new HippoError('REQUEST_INVALID', '--people needs --csv, the table to write.')
  }
  checkTablePath(csv, people === undefined ? inputs : [...inputs, people])
  return findSubjects(inputs, people)
}

/**
 * Labels NIfTI and FreeSurfer images in their own grids: crops with 1 anterior, 2 posterior; whole
 * heads with 1 and 2 on the left, 3 and 4 on the right; and writes a table of what was measured.
 * Returns the exit code: 0 if all were segmented, else 1. Throws for invalid arguments.
 */
export async function segment(inputs: readonly string[], options: SegmentOptions): Promise<number> {
  await refuseFolders(inputs)
  const outputs = await planOutputs(inputs, options.output)
  const subjects = await planTable(inputs, options)
  const segmenter = await createSegmenter({
    manifestPath: resolveManifest(options.model),
    threads: options.threads,
  })
  const localizer = localizeWhenNeeded()
  const images: SegmentedImage[] = []
  async function* kept() {
    for await (const image of segmentAll(inputs, outputs, subjects, options, tools)) {
      images.push(image)
      yield image
    }
  }
  const tools = { segmenter, localizer }
  try {
    if (options.csv !== undefined) await writeTable(options.csv, kept(), subjects)
    else for await (const _ of kept());
  } finally {
    await Promise.all([segmenter.close(), localizer.close()])
  }
  if (options.json) console.log(JSON.stringify({ images }, null, 2))
  return images.every(({ state }) => state === 'segmented') ? 0 : 1
}
