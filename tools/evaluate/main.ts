// Scores the product's own path from a crop to labels against manual labels.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createSegmenter } from '../../src/inference/segmenter.ts'
import { resolveManifest } from '../../src/shipped-model.ts'
import { evaluateFolder } from './evaluate-folder.ts'
import { printEvaluation } from './print-evaluation.ts'
import { readFoldList } from './read-cases.ts'

const usage = `npm run evaluate -- FOLDER     FOLDER holds images/ and labels/ with NIfTI files of equal names

  --model MANIFEST   another model than the shipped one
  --side left|right  side the crops show (left)
  --fold-list FILE   only the cases named in FILE, one per line
  --dicom            write every crop also as DICOM (axial, oblique, sagittal, slices counted from
                     the top), read it back and compare the labels
  --json FILE        everything, case by case, also as JSON
  --threads NUMBER   threads of the network's arithmetic (2)

Ends with 0; with 1 if a case could not be segmented or came back from DICOM with other labels; with 2
if the arguments make no sense.`

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string', default: 'builtin' },
      side: { type: 'string', default: 'left' },
      'fold-list': { type: 'string' },
      dicom: { type: 'boolean', default: false },
      json: { type: 'string' },
      threads: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  })
  const { side } = values
  const threads = Number(values.threads)
  if (side !== 'left' && side !== 'right') throw new Error(`--side is left or right, not ${side}.`)
  if (!(Number.isInteger(threads) && threads > 0 && threads <= 256)) {
    throw new Error(`--threads wants a number from 1 to 256, not ${values.threads}.`)
  }
  if (!values.help && positionals.length !== 1) throw new Error('One folder is needed.')
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
  const segmenter = await createSegmenter({
    manifestPath: resolveManifest(options.model),
    threads: options.threads,
  })
  const showProgress = process.stderr.isTTY
  try {
    const evaluation = await evaluateFolder(options.folder, segmenter, {
      side: options.side,
      dicom: options.dicom,
      only,
      onProgress: (done) => showProgress && process.stderr.write(`\r${done} cases`),
    })
    if (showProgress) process.stderr.write('\r')
    console.log(printEvaluation(evaluation))
    if (options.json) writeFileSync(options.json, `${JSON.stringify(evaluation, null, 1)}\n`)
    const { cases, notSegmented, dicom = [] } = evaluation
    const same = dicom.every(({ differentVoxels }) => differentVoxels === 0)
    return cases.length > 0 && notSegmented.length === 0 && same ? 0 : 1
  } finally {
    await segmenter.close()
  }
}

try {
  process.exitCode = await evaluate()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}
