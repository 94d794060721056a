import { writeFileSync } from 'node:fs'
import { createLocalizer } from '../../../src/localization/localizer.ts'
import { isAcceptedSlope, knownChangeLimits } from '../../../src/models/known-change/limits.ts'
import { table } from '../../evaluate/print-table.ts'
import { openModels } from '../evaluate-atrophy.ts'
import { headMeasurer, locateOnce } from '../measure-sides.ts'
import { type DrawnRun, measureDrawn } from './measure-drawn.ts'
import { type DrawnFigures, summarizeDrawn } from './summarize-drawn.ts'

export interface DrawnOptions {
  readonly folder: string
  /** Manifests; the last one decides the exit code. */
  readonly models: readonly string[]
  /** Numbers of maps; all maps of the folder if undefined. */
  readonly only: ReadonlySet<string> | undefined
  readonly threads: number
  readonly json: string | undefined
}

function printDrawn(run: DrawnRun, figures: readonly DrawnFigures[]): string {
  const sizes = figures[0]?.ratios.map(({ size }) => size) ?? []
  const header = [
    'drawn heads',
    'slope',
    'r',
    ...sizes,
    'n',
    'in boxes',
    knownChangeLimits.slope.join(' to '),
  ]
  const rows = figures.map(({ model, maps, slope, r, ratios, hippocampi, inBoxes }) => [
    `${model}, ${maps}`,
    slope.toFixed(3),
    r.toFixed(3),
    ...ratios.map(({ mean }) => mean?.toFixed(3) ?? '-'),
    String(hippocampi),
    String(inBoxes),
    isAcceptedSlope(slope) ? 'yes' : 'NO',
  ])
  return [
    ...table([header, ...rows]),
    ...run.notMeasured.map(
      ({ model, map, reason }) =>
        `measured in boxes by ${model}: ${map}: the head was rejected: ${reason}`,
    ),
  ].join('\n')
}

/**
 * Measures heads drawn from label maps, prints measured and true volumes for every model, and
 * returns the exit code: 0, or 1 if a slope of the last model is outside the limits.
 */
export async function evaluateDrawn(options: DrawnOptions): Promise<number> {
  const { folder, only, threads, json } = options
  const opened = await openModels(options.models, threads)
  const localizer = await createLocalizer({})
  // The image is the same for every model.
  const once = locateOnce(localizer)
  try {
    const models = opened.map(({ model, segmenter }) => ({
      model,
      segmenter,
      measureHead: headMeasurer(segmenter, once),
    }))
    const run = await measureDrawn(folder, only, models, (map) => {
      once.forget()
      process.stderr.write(`map ${map}\n`)
    })
    const figures = summarizeDrawn(run.measurements)
    console.log(printDrawn(run, figures))
    const named = opened.map(({ model, segmenter }) => ({
      model,
      sha256: segmenter.manifest.sha256,
    }))
    if (json) {
      const all = { kind: 'drawn', models: named, figures, ...run }
      writeFileSync(json, `${JSON.stringify(all, null, 1)}\n`)
    }
    const judged = figures.filter(({ model }) => model === opened.at(-1)?.model)
    return judged.length > 0 && judged.every(({ slope }) => isAcceptedSlope(slope)) ? 0 : 1
  } finally {
    await Promise.all([...opened.map(({ segmenter }) => segmenter.close()), localizer.close()])
  }
}
