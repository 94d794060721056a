// Prints the block knownChange of a model's manifest from what `npm run evaluate` wrote with --json:
//   node tools/atrophy/manifest-block.ts FILE... [--sha256 MODEL]
// FILE is one of --atrophy on crops, of --atrophy on heads, or of --drawn. Without --sha256: the model that
// was named last.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { DrawnFigures } from './drawn-heads/summarize-drawn.ts'
import type { ModelSlopes, ScenarioFigures } from './summarize-run.ts'

type Named = { readonly models: readonly { readonly model: string; readonly sha256: string }[] }
type WrittenFile =
  | (Named & {
      readonly kind: 'crops' | 'heads'
      readonly figures: readonly ScenarioFigures[]
      readonly slopes: readonly ModelSlopes[]
    })
  | (Named & { readonly kind: 'drawn'; readonly figures: readonly DrawnFigures[] })

const round = (value: number) => Math.round(value * 1000) / 1000

/** The part of the block that one file gives. Throws a sentence where the model is not in it. */
export function describeKnownChange(file: WrittenFile, sha256: string | undefined): object {
  const found = file.models.findLast((one) => sha256 === undefined || one.sha256 === sha256)
  if (found === undefined) throw new Error(`The model ${sha256} is not among those measured.`)
  const { model } = found
  if (file.kind === 'drawn') {
    const heldBack = file.figures.find((one) => one.model === model && one.maps === 'held back')
    if (heldBack === undefined) throw new Error('The maps that are held back were not measured.')
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
  const parts = positionals.map((path) =>
    describeKnownChange(JSON.parse(readFileSync(path, 'utf8')) as WrittenFile, values.sha256),
  )
  console.log(JSON.stringify({ knownChange: Object.assign({}, ...parts) }, null, 2))
}
