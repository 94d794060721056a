import { HippoError } from '../errors.ts'
import { siblingProgram } from '../threads/sibling-program.ts'
import { startWorkerThread } from '../threads/worker-thread.ts'
import type { LabelMap, Volume } from '../volume/grid.ts'
import type { InferenceAnswer, InferenceRequest, InferenceWorkerData } from './inference-worker.ts'
import { keepRuntimeSilent } from './keep-runtime-silent.ts'
import { type HornManifest, type ModelManifest, readModelManifest } from './model-manifest.ts'
import type { Confidence } from './rate-confidence.ts'
import type { CropSide } from './segment-volume.ts'
import type { VolumeErrors } from './volume-errors.ts'

/** The class of the temporal horn. Throws MODEL_INVALID. */
function findHornLabel({ labels, name }: HornManifest): number {
  const found = labels.find((label) => label.name === 'temporal-horn')
  if (found !== undefined) return found.value
  throw new HippoError('MODEL_INVALID', `The network ${name} has no label temporal-horn.`)
}

export interface Segmentation {
  /** On the grid of its volume; the values are the manifest's labels. */
  readonly labelMap: LabelMap
  readonly confidence: Confidence
  readonly volumeErrors: VolumeErrors | undefined
}

export interface Segmenter {
  readonly manifest: ModelManifest
  /**
   * Labels a crop around one hippocampus. Requests are processed one at a time. An abort rejects
   * immediately with JOB_CANCELLED. Throws CROP_UNSUITABLE, INTENSITIES_CONSTANT,
   * PIXEL_DATA_INVALID, GEOMETRY_INVALID, or INFERENCE_FAILED (retryable: the thread is restarted).
   */
  segment(
    volume: Volume,
    options: { readonly side: CropSide; readonly signal?: AbortSignal | undefined },
  ): Promise<Segmentation>
  /**
   * Probabilities of each label (0 the background), one array a label, in a box of a whole head. The box
   * lies on the model's grid: 1 mm, columns towards the head's superior, rows towards its anterior,
   * slices towards its right. Throws as `segment` does.
   */
  predict(
    box: Volume,
    options: { readonly side: CropSide; readonly signal?: AbortSignal | undefined },
  ): Promise<readonly Float32Array[]>
  /**
   * Probability (0 to 1) of temporal horn for each voxel of such a box; undefined if the model has
   * no network for it. Throws as `segment` does.
   */
  readonly predictHorn?:
    | ((
        box: Volume,
        options: { readonly side: CropSide; readonly signal?: AbortSignal | undefined },
      ) => Promise<Float32Array>)
    | undefined
  close(): Promise<void>
}

export interface SegmenterOptions {
  readonly manifestPath: string
  /** Threads of the network. */
  readonly threads: number
  /** Maximum time of a single crop before its thread counts as hanging, milliseconds. */
  readonly timeLimit?: number
  readonly log?: { warn(details: object, message: string): void }
}

/**
 * Loads a model into a separate worker thread with one session (the runtime blocks the thread that
 * calls it, and several sessions crash or leak: microsoft/onnxruntime #24486, #25325), and runs it
 * once to see that it works. Throws MODEL_MISSING, MODEL_ALTERED or MODEL_INVALID.
 */
export async function createSegmenter(options: SegmenterOptions): Promise<Segmenter> {
  keepRuntimeSilent()
  const { manifest, onnx, hornOnnx } = await readModelManifest(options.manifestPath)
  const workerData: InferenceWorkerData = {
    manifest,
    onnx,
    hornOnnx,
    threads: options.threads,
  }
  const thread = await startWorkerThread<InferenceRequest, InferenceAnswer>({
    file: siblingProgram(import.meta.url, './inference-worker'),
    workerData,
    timeLimit: options.timeLimit ?? 300_000,
    purpose: {
      name: 'inference',
      work: 'the segmentation',
      stage: 'infer',
      code: 'INFERENCE_FAILED',
      onAbort: 'finish',
    },
    warn: (details, message) => options.log?.warn(details, message),
  })
  const ask = (
    wanted: InferenceRequest['wanted'],
    { dimensions, affine, intensities }: Volume,
    { side, signal }: Parameters<Segmenter['segment']>[1],
  ) => {
    const copy = intensities.slice()
    const volume = { dimensions, affine, intensities: copy }
    return thread.ask({ wanted, volume, side }, [copy.buffer], signal)
  }
  const hornLabel = manifest.horn && findHornLabel(manifest.horn)
  const predictHorn: Segmenter['predictHorn'] = async (box, asked) =>
    (await ask('horn', box, asked)).probabilities![hornLabel!]!
  return {
    manifest,
    ...(hornLabel !== undefined && { predictHorn }),
    async segment(volume, asked) {
      const { labels, confidence, volumeErrors } = (await ask('labels', volume, asked)).labels!
      const { dimensions, affine } = volume
      return { labelMap: { dimensions, affine, labels }, confidence, volumeErrors }
    },
    predict: async (box, asked) => (await ask('probabilities', box, asked)).probabilities!,
    close: () => thread.close(),
  }
}
