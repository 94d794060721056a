import { parentPort, workerData } from 'node:worker_threads'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { serveRequests } from '../threads/serve-requests.ts'
import type { Vector3, Volume } from '../volume/grid.ts'
import { toVector3 } from '../volume/vector3.ts'
import type { RunNetwork } from './class-probabilities.ts'
import { predictProbabilities } from './class-probabilities.ts'
import type { ModelManifest, NetworkManifest } from './model-manifest.ts'
import { type CropSide, predictBox, type SegmentedVoxels, segmentVolume } from './segment-volume.ts'

/** Start parameters of the thread. */
export interface InferenceWorkerData {
  readonly manifest: ModelManifest
  readonly onnx: Uint8Array
  /** Of the network that the manifest calls `horn`. */
  readonly hornOnnx: Uint8Array | undefined
  readonly threads: number
}

export interface InferenceRequest {
  /**
   * Labels of a crop on its own grid, or probabilities in a box that lies on the model's grid: of each
   * label, or of the labels of the network for the temporal horn.
   */
  readonly wanted: 'labels' | 'probabilities' | 'horn'
  readonly volume: Volume
  readonly side: CropSide
}

export interface InferenceAnswer {
  readonly labels?: SegmentedVoxels
  readonly probabilities?: readonly Float32Array[]
}

const { manifest, onnx, hornOnnx, threads } = workerData as InferenceWorkerData

async function openNetwork(onnx: Uint8Array, manifest: NetworkManifest): Promise<RunNetwork> {
  const session = await InferenceSession.create(onnx, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    // As fast without, and 22 MB smaller: the pattern reserves what all steps of a run need at once.
    enableMemPattern: false,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Idle threads must sleep: the archive and the event loop share these cores.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  })
  return async ({ data, dims }) => {
    const outputs = await session.run(
      { [manifest.input.name]: new Tensor('float32', data, dims) },
      [manifest.output.name],
    )
    const logits = outputs[manifest.output.name]!
    return { data: logits.data as Float32Array, dims: logits.dims }
  }
}

async function tryOn(patch: Vector3, run: RunNetwork, manifest: NetworkManifest): Promise<void> {
  const [right, anterior, superior] = patch
  const size: Vector3 = [superior, anterior, right]
  const input = { ...manifest.input, patch: [right, anterior, superior] satisfies Vector3 }
  await predictProbabilities(
    new Float32Array(right * anterior * superior),
    size,
    { ...manifest, input },
    run,
  )
}

/**
 * Runs the network once, which shows whether it is what its manifest says. The runtime keeps the memory of
 * its largest run, so one that takes other sizes is first tried on a small one: the service may wait long
 * for its first study.
 */
async function warmUp(run: RunNetwork, manifest: NetworkManifest): Promise<void> {
  const { patch, multiple, dynamic } = manifest.input
  const small = toVector3(patch.map((size) => Math.min(size, 2 * multiple)))
  const isEnough =
    dynamic &&
    (await tryOn(small, run, manifest).then(
      () => true,
      () => false,
    ))
  if (!isEnough) await tryOn(toVector3(patch), run, manifest)
}

serveRequests<InferenceRequest, InferenceAnswer>(
  parentPort!,
  async () => {
    const open = async (onnx: Uint8Array, manifest: NetworkManifest) => {
      const run = await openNetwork(onnx, manifest)
      await warmUp(run, manifest)
      return { manifest, run }
    }
    const { run } = await open(onnx, manifest)
    const horn = manifest.horn && (await open(hornOnnx!, manifest.horn))
    return async ({ wanted, volume, side }) => {
      if (wanted !== 'labels') {
        const used = wanted === 'horn' ? horn! : { manifest, run }
        const probabilities = await predictBox(volume, side, used.manifest, used.run)
        const transfer = probabilities.map(({ buffer }) => buffer as ArrayBuffer)
        return { answer: { probabilities }, transfer }
      }
      const labels = await segmentVolume(volume, side, manifest, run)
      return { answer: { labels }, transfer: [labels.labels.buffer as ArrayBuffer] }
    }
  },
  {
    unusable: { code: 'MODEL_INVALID', sentence: 'The model file cannot be used' },
    failed: { code: 'INFERENCE_FAILED', sentence: 'The model could not be run on this series' },
  },
)
