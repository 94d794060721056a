// Writes every result for many series and validates them with independent programs: dciodvfy,
// dcentvfy and dsrdump must report nothing, and pydicom, highdicom and dcmqi must read every voxel
// and number. npm run check -- results [--only NAME] [--keep FOLDER] [--model MANIFEST] With a
// model, crops are measured with it; otherwise, and for all other series, labels are drawn.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSegmenter, type Segmenter } from '../src/inference/segmenter.ts'
import type { Volume } from '../src/volume/grid.ts'
import { resolveManifest } from '../src/wiring/shipped-model.ts'
import { composeMadeUpResult } from '../test/support/made-up-result.ts'
import { type Case, listCases } from './check-results/list-cases.ts'
import { preparePython } from './check-results/python-venv.ts'
import {
  missingValidators,
  validateEntities,
  validateInstance,
} from './check-results/run-validators.ts'
import { type WrittenCase, writeCase } from './check-results/write-case.ts'
import { repositoryPath } from './repository-path.ts'

/** Output of read_results.py for a case. */
interface Reading {
  readonly type?: string
  readonly voxels?: number
  readonly differing?: Readonly<Record<string, number>>
  readonly numbers?: readonly string[]
  readonly faults: readonly string[]
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    keep: { type: 'string' },
    model: { type: 'string' },
  },
})
const say = (line: string) => console.log(line)

async function write(
  folder: string,
  { name, read, side = 'unknown', isCrop, isHead }: Case,
  segmenter: Segmenter | undefined,
): Promise<WrittenCase> {
  const files = read()
  const warnings = ['A warning, so that there is a second comment: \u00e4\u03a9\u6771.']
  const measure = segmenter && {
    labelsOn: async (volume: Volume) => (await segmenter.segment(volume, { side })).labelMap,
  }
  const result = await composeMadeUpResult(files, {
    side,
    kind: isHead ? 'head' : 'crop',
    warnings,
    // Not for crops: a model may lack standard errors.
    ...(isHead && { standardErrorMm3: { anterior: 121.3, posterior: 96, total: 150 } }),
    ...(isCrop && measure),
  })
  return writeCase(folder, name, files, result)
}

function validate({ sources, results }: WrittenCase): readonly string[] {
  return [
    ...results.flatMap(({ role, path }) => validateInstance(path, role === 'measurements')),
    ...validateEntities([...sources, ...results.map(({ path }) => path)]),
  ]
}

function readElsewhere(programs: string, { folder }: WrittenCase): Reading {
  const script = repositoryPath('tools/check-results/read_results.py')
  const { stdout, stderr } = spawnSync(join(programs, 'python'), [script, folder], {
    encoding: 'utf8',
  })
  try {
    return JSON.parse(stdout) as Reading
  } catch {
    return { faults: [`the readers printed nothing: ${stderr.slice(-500)}`] }
  }
}

if (missingValidators.length > 0) throw new Error(`not installed: ${missingValidators.join(', ')}`)
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'hippovolume-check-results-'))
mkdirSync(folder, { recursive: true })
let [failed, checked] = [0, 0]
const segmenter =
  values.model === undefined
    ? undefined
    : await createSegmenter({ manifestPath: resolveManifest(values.model), threads: 2 })
try {
  const programs = preparePython(say)
  for (const one of listCases().filter(({ name }) => name.includes(values.only))) {
    const written = await write(folder, one, segmenter)
    const reading = readElsewhere(programs, written)
    const faults = [...validate(written), ...reading.faults]
    checked += 1
    if (faults.length > 0) failed += 1
    const { type, voxels, differing = {}, numbers = [] } = reading
    const readers = Object.entries(differing).map(([reader, count]) => `${reader} ${count}`)
    say(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${one.name}: ${type}, ${voxels} voxels`)
    say(`       differing ${readers.join(', ')}; volumes ${numbers.join(', ')} mm3`)
    for (const fault of faults) say(`       ${fault}`)
  }
} finally {
  await segmenter?.close()
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true })
}
say(`${checked} series, ${failed} with faults`)
process.exitCode = failed > 0 || checked === 0 ? 1 : 0
