import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ErrorRecord, recordError, toHippoError } from '../errors.ts'
import type { Asymmetry } from '../measurement/asymmetry.ts'
import type { HippocampusVolumes, Side } from '../measurement/hippocampus-volumes.ts'
import type { IntracranialVolume } from '../measurement/intracranial-volume.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'
import type { Norms } from '../measurement/norms/norms.ts'
import type { QualityFinding, QualityVerdict } from '../measurement/quality-finding.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import { measureCrop } from '../measuring/measure-crop.ts'
import { type MeasuringTools, measureHead } from '../measuring/measure-head.ts'
import { writeNifti } from '../nifti/write-nifti.ts'
import { findingsBehind } from '../pipeline/compose-rejection.ts'
import { interpretVolumes, type MeasuredPerson } from '../pipeline/interpret-volumes.ts'
import type { SeriesKind } from '../selection/series-choice.ts'
import type { Orientation } from '../volume/axis-order.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import { spacingOf } from '../volume/patient-affine.ts'
import { type ReadImage, readImage } from './read-image.ts'

/** Options of the measurement of an image. */
export interface ImageOptions {
  /** Of crops. */
  readonly side: Side
  /** What the image shows; determined by its size by default. */
  readonly kind?: SeriesKind | undefined
  /** For files that do not state their orientation. */
  readonly orientation?: Orientation | undefined
  readonly norms: Norms
  /** The person; unknown by default. */
  readonly person: MeasuredPerson | undefined
}

/** The outcome of one image, as --json prints it. */
export type SegmentedImage =
  | {
      readonly input: string
      readonly state: 'segmented'
      readonly kind: SeriesKind
      /** The labels; absent if not requested. */
      readonly output: string | undefined
      /** Of a crop's hippocampus; of a head's left and right one. */
      readonly volumes: HippocampusVolumes | readonly HippocampusVolumes[]
      /** Of a crop; absent when the model cannot tell. */
      readonly expectedDice?: number | undefined
      /** For a head, like the following. */
      readonly intracranialVolume?: IntracranialVolume
      /** Absent where the model has no network for temporal horns. */
      readonly horns?: readonly TemporalHorn[]
      /** Agreement with the template, -1 to 1. */
      readonly score?: number
      readonly verdict: QualityVerdict
      readonly quality: readonly QualityFinding[]
      /** Compared with people of the same age, sex and head size; or why not. */
      readonly norms: NormativeComparison
      readonly asymmetry: Asymmetry | undefined
      readonly seconds: number
    }
  | {
      readonly input: string
      readonly state: 'rejected'
      readonly kind?: SeriesKind | undefined
      readonly quality: readonly QualityFinding[]
      readonly error: ErrorRecord
    }

/** An image with a side of at least this length is treated as a whole head, millimetres. */
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
    'input' | 'output' | 'seconds' | 'state' | 'norms' | 'asymmetry'
  >
}

async function labelCrop(image: ReadImage, side: Side, tools: MeasuringTools): Promise<Labelled> {
  const { volume, findings, areSidesKnown } = image
  // Without patient coordinates the side is unknown.
  const shown = areSidesKnown ? side : 'unknown'
  const measured = await measureCrop(volume, shown, tools.segmenter, findings, atOnce, undefined)
  const { labelMap, volumes, expectedDice, verdict, quality } = measured
  return { labelMap, facts: { kind: 'crop', volumes: volumes[0], expectedDice, verdict, quality } }
}

async function labelHead(image: ReadImage, tools: MeasuringTools): Promise<Labelled> {
  const { volume, findings, areSidesKnown } = image
  const measured = await measureHead(volume, tools, findings, atOnce, undefined, areSidesKnown)
  const { labelMap, volumes, intracranialVolume, verdict, quality, localization } = measured
  const { score } = localization
  const horns = measured.horns.length > 0 ? { horns: measured.horns } : {}
  const facts = { volumes, intracranialVolume, ...horns, score, verdict, quality }
  return { labelMap, facts: { kind: 'head', ...facts } }
}

/** The volumes of an image as a list. */
export const listVolumes = (
  volumes: HippocampusVolumes | readonly HippocampusVolumes[],
): readonly HippocampusVolumes[] => ('length' in volumes ? volumes : [volumes])

/**
 * Reads, measures and interprets one image, and writes its labels if an output is given. Never
 * throws: errors are part of the result.
 */
export async function segmentImage(
  input: string,
  output: string | undefined,
  { side, kind: wanted, orientation, norms, person }: ImageOptions,
  tools: MeasuringTools,
): Promise<SegmentedImage> {
  const start = performance.now()
  let kind = wanted
  try {
    const image = await readImage(input, orientation)
    kind ??= guessKind(image.volume)
    const { labelMap, facts } =
      kind === 'head' ? await labelHead(image, tools) : await labelCrop(image, side, tools)
    const { volumes, intracranialVolume } = facts
    const interpretation = interpretVolumes(
      { volumes: listVolumes(volumes), intracranialVolume },
      person ?? { ageYears: undefined, sex: undefined },
      undefined,
      tools.segmenter.manifest,
      norms,
    )
    if (output !== undefined) {
      const gzip = /\.gz$/i.test(output)
      const { header } = image
      const file = writeNifti(labelMap, { gzip, ...(header && { reference: header }) })
      await mkdir(dirname(output), { recursive: true })
      await writeFile(output, file)
    }
    const seconds = Math.round(performance.now() - start) / 1000
    const { norms: compared, asymmetry } = interpretation
    const { kind: shown, ...others } = facts
    return {
      input,
      state: 'segmented',
      kind: shown,
      output,
      ...others,
      norms: compared,
      asymmetry,
      seconds,
    }
  } catch (error) {
    const problem = toHippoError(error, 'infer')
    const quality = findingsBehind(problem)
    return { input, state: 'rejected', kind, quality, error: recordError(problem) }
  }
}
