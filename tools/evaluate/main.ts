// Scores the product's own path from a crop or a whole head to labels against manual labels.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { readFoldList } from '../../src/models/read-cases.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { evaluateDrawn } from '../atrophy/drawn-heads/evaluate-drawn.ts'
import { evaluateAtrophy } from '../atrophy/evaluate-atrophy.ts'
import { evaluateFolder } from './evaluate-folder.ts'
import { evaluateHeads } from './heads/evaluate-heads.ts'
import { printHeads } from './heads/print-heads.ts'
import { holdsHeads } from './heads/read-heads.ts'
import { printEvaluation } from './print-evaluation.ts'

const usage = `npm run evaluate -- FOLDER

FOLDER contains crops, in images/ and labels/ with NIfTI files of the same names, or whole heads, ID_t1.nii.gz
beside ID_hippocampus.nii.gz (1 left, 2 right), where cases.csv may say what HippoDeep made of them.

  --model MANIFEST   a different model from the shipped one
  --side left|right  side the crops show (left); nothing for heads
  --fold-list FILE   only the cases named in FILE, one per line
  --dicom            crops: write every one also as DICOM (axial, oblique, sagittal, slices counted from
                     the top), read it back and compare the labels
  --atrophy          measure every case unchanged and after known changes (two simulators of loss,
                     growth of the temporal horn without loss, repeats), and compare with the truth
  --changes LIST     with --atrophy: only some of anchored,flow,horn,repeat
  --locate-once      with --atrophy, heads: find the hippocampi in the head as it is and not again after
                     each change, which takes a third of the time
  --drawn            FOLDER holds label maps, seg_NN.nii.gz with FreeSurfer's numbers: draw T1-like heads
                     from them and compare measured with true volumes
  --only LIST        with --drawn: only the maps with these numbers, such as 01,03
  --json FILE        also write everything, case by case, as JSON
  --threads NUMBER   threads of the network (2)

--atrophy and --drawn compare several models where --model is given several times (builtin names the shipped one).

Ends with 0; with 1 if a case could not be measured or came back from DICOM with other labels, or if with
--atrophy or --drawn the slope of log measured on log true lies outside 0.9 to 1.1 (of the model named last); with 2
if the arguments make no sense.`

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string', multiple: true, default: ['builtin'] },
      side: { type: 'string', default: 'left' },
      'fold-list': { type: 'string' },
      dicom: { type: 'boolean', default: false },
      atrophy: { type: 'boolean', default: false },
      drawn: { type: 'boolean', default: false },
      only: { type: 'string' },
      changes: { type: 'string' },
      'locate-once': { type: 'boolean', default: false },
      json: { type: 'string' },
      threads: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  })
  const { side } = values
  const threads = Number(values.threads)
  if (side !== 'left' && side !== 'right')
    throw new Error(`--side must be left or right, not ${side}.`)
  if (!(Number.isInteger(threads) && threads > 0 && threads <= 256)) {
    throw new Error(`--threads must be a number from 1 to 256, not ${values.threads}.`)
  }
  if (!values.help && positionals.length !== 1) throw new Error('One folder is needed.')
  if (values.model.length > 1 && !values.atrophy && !values.drawn) {
    throw new Error('Several models can only be compared with --atrophy or --drawn.')
  }
  return { ...values, side, threads, folder: positionals[0] ?? '' } as const
}

async function evaluate(): Promise<number> {
  const options = readOptions()
  if (options.help) {
    console.log(usage)
    return 0
  }
  const foldList = options['fold-list']
  const only = foldList === undefined ? undefined : readFoldList(foldList)
  if (options.drawn) {
    return evaluateDrawn({
      ...options,
      models: options.model,
      only: options.only === undefined ? undefined : new Set(options.only.split(',')),
      json: options.json,
    })
  }
  if (options.atrophy) {
    return evaluateAtrophy({
      ...options,
      models: options.model,
      changes: options.changes,
      json: options.json,
      only,
      locateOnce: options['locate-once'],
    })
  }
  const segmenter = await createSegmenter({
    manifestPath: resolveManifest(options.model[0]!),
    threads: options.threads,
  })
  const showProgress = process.stderr.isTTY
  const onProgress = (done: number) => showProgress && process.stderr.write(`\r${done} cases`)
  const write = (evaluation: object) =>
    options.json && writeFileSync(options.json, `${JSON.stringify(evaluation, null, 1)}\n`)
  const localizer = holdsHeads(options.folder) ? await createLocalizer({}) : undefined
  try {
    if (localizer !== undefined) {
      const tools = { segmenter, localizer }
      const evaluation = await evaluateHeads(options.folder, tools, only, onProgress)
      if (showProgress) process.stderr.write('\r')
      console.log(printHeads(evaluation))
      write(evaluation)
      return evaluation.cases.length > 0 && evaluation.notMeasured.length === 0 ? 0 : 1
    }
    const evaluation = await evaluateFolder(options.folder, segmenter, {
      side: options.side,
      dicom: options.dicom,
      only,
      onProgress,
    })
    if (showProgress) process.stderr.write('\r')
    console.log(printEvaluation(evaluation))
    write(evaluation)
    const { cases, notSegmented, dicom = [] } = evaluation
    const same = dicom.every(({ differentVoxels }) => differentVoxels === 0)
    return cases.length > 0 && notSegmented.length === 0 && same ? 0 : 1
  } finally {
    await Promise.all([segmenter.close(), localizer?.close()])
  }
}

try {
  process.exitCode = await evaluate()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}
