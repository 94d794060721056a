// Prints the block knownChange of a model's manifest from what `npm run evaluate` wrote with --json:
//   node tools/atrophy/manifest-block.ts FILE... [--sha256 MODEL]
// FILE is one of --atrophy on crops, of --atrophy on heads, or of --drawn. Without --sha256: the model that
// was named last. Several files on crops are joined: the folds of a cross-validation, each with its own model.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { DrawnFigures } from './drawn-heads/summarize-drawn.ts'
import type { ChangeMeasurement } from './run-scenarios.ts'
import {
  type ModelSlopes,
  type ScenarioFigures,
  summarizeScenarios,
  summarizeSlopes,
} from './summarize-run.ts'

type Named = { readonly models: readonly { readonly model: string; readonly sha256: string }[] }
type WrittenRun = Named & {
  readonly kind: 'crops' | 'heads'
  readonly figures: readonly ScenarioFigures[]
  readonly slopes: readonly ModelSlopes[]
  readonly measurements: readonly ChangeMeasurement[]
}
type WrittenFile =
  | WrittenRun
  | (Named & { readonly kind: 'drawn'; readonly figures: readonly DrawnFigures[] })

const round = (value: number) => Math.round(value * 1000) / 1000

/**
 * Joins the runs of a cross-validation: from each the last named model, which had not seen the
 * people of its file.
 */
export function joinFolds(folds: readonly WrittenRun[]): WrittenRun {
  const model = 'cross-validated'
  const measurements = folds.flatMap(({ models, measurements: all }) =>
    all.filter((one) => one.model === models.at(-1)!.model).map((one) => ({ ...one, model })),
  )
  return {
    kind: folds[0]!.kind,
    models: [{ model, sha256: folds.map(({ models }) => models.at(-1)!.sha256).join(' ') }],
    figures: summarizeScenarios(measurements, new Set()),
    slopes: summarizeSlopes(measurements),
    measurements,
  }
}

/** The part of the block from one file. Throws a sentence if the model is not in it. */
export function describeKnownChange(file: WrittenFile, sha256: string | undefined): object {
  const found = file.models.findLast((one) => sha256 === undefined || one.sha256 === sha256)
  if (found === undefined) throw new Error(`The model ${sha256} is not among those measured.`)
  const { model } = found
  if (file.kind === 'drawn') {
    const heldBack = file.figures.find((one) => one.model === model && one.maps === 'held back')
    if (heldBack === undefined) throw new Error('The held-out maps were not measured.')
    const { hippocampi, slope, r } = heldBack
    return { drawn: { hippocampi, slope: round(slope), r: round(r) } }
  }
  const own = file.figures.filter((one) => one.model === model)
  const { slopes } = file.slopes.find((one) => one.model === model)!
  const lossesOf = (group: string) =>
    own
      .filter((one) => one.group === group && /^0\.\d+$/.test(one.scenario))
      .map(({ trueRatio, mean }) => ({ left: round(trueRatio), measured: round(mean) }))
  const hornRatios = own.flatMap(({ scenario, mean }) => {
    const mm = /^\+(\d+) mm, no loss$/.exec(scenario)?.[1]
    return mm === undefined ? [] : [{ mm: Number(mm), measured: round(mean) }]
  })
  return {
    [file.kind]: {
      hippocampi: Math.max(...own.map(({ hippocampi }) => hippocampi)),
      slopes: { anchored: round(slopes.anchored.slope), flow: round(slopes.flow.slope) },
      ratios: { anchored: lossesOf('anchored'), flow: lossesOf('flow') },
      hornRatios,
    },
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { sha256: { type: 'string' } },
  })
  const files = positionals.map((path) => JSON.parse(readFileSync(path, 'utf8')) as WrittenFile)
  const folds = files.filter((file): file is WrittenRun => file.kind === 'crops')
  const parts =
    folds.length > 1
      ? [
          describeKnownChange(joinFolds(folds), undefined),
          ...files
            .filter((file) => file.kind !== 'crops')
            .map((file) => describeKnownChange(file, values.sha256)),
        ]
      : files.map((file) => describeKnownChange(file, values.sha256))
  console.log(JSON.stringify({ knownChange: Object.assign({}, ...parts) }, null, 2))
}
