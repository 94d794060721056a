// Time of the shipped model for a crop: node tools/evaluate/time-model.ts [--threads 2] [--runs 30]
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { keepRuntimeSilent } from '../../src/inference/keep-runtime-silent.ts'
import { readModelManifest } from '../../src/inference/model-manifest.ts'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { summarize } from '../bench/statistics.ts'
import { seededRandom } from '../seeded-random.ts'

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'builtin' },
    threads: { type: 'string', default: '2' },
    runs: { type: 'string', default: '30' },
  },
})
const threads = Number(values.threads)
const manifestPath = resolveManifest(values.model)
const { manifest, onnx } = await readModelManifest(manifestPath)
const [right, anterior, superior] = manifest.input.patch
const random = seededRandom(1)

async function time(what: string, run: () => Promise<unknown>): Promise<void> {
  await run()
  const milliseconds: number[] = []
  for (let i = 0; i < Number(values.runs); i++) {
    const start = performance.now()
    await run()
    milliseconds.push(performance.now() - start)
  }
  const { median, p95 } = summarize(milliseconds)
  const least = Math.min(...milliseconds)
  console.log(
    `${what.padEnd(44)} median ${median.toFixed(0)} ms, p95 ${p95.toFixed(0)}, least ${least.toFixed(0)}`,
  )
}

const load = loadavg()[0]!.toFixed(1)
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, ${threads} threads, load ${load}`)

keepRuntimeSilent()
const session = await InferenceSession.create(onnx, {
  executionProviders: ['cpu'],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
})
const data = Float32Array.from({ length: right * anterior * superior }, () => random() - 0.5)
const input = new Tensor('float32', data, [1, 1, right, anterior, superior])
await time(`network, ${manifest.input.patch.join(' x ')}`, () =>
  session.run({ [manifest.input.name]: input }, [manifest.output.name]),
)
await session.release()

const segmenter = await createSegmenter({ manifestPath, threads })
const crop: Volume = {
  dimensions: [36, 50, 36],
  affine: [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  intensities: Float32Array.from({ length: 36 * 50 * 36 }, () => Math.floor(random() * 1000)),
}
await time('crop of 36 x 50 x 36 mm, as the service does', () =>
  segmenter.segment(crop, { side: 'left' }),
)
await segmenter.close()
