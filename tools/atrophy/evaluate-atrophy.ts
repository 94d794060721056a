import { writeFileSync } from 'node:fs'
import { createSegmenter, type Segmenter } from '../../src/inference/segmenter.ts'
import { createLocalizer } from '../../src/localization/localizer.ts'
import { isAcceptedSlope } from '../../src/models/known-change/limits.ts'
import { resolveManifest } from '../../src/wiring/shipped-model.ts'
import { holdsHeads } from '../evaluate/heads/read-heads.ts'
import type { Side } from './known-case.ts'
import { cropMeasurer, headMeasurer, locateOnce } from './measure-sides.ts'
import { printRun } from './print-run.ts'
import { readKnownCrops, readKnownHeads } from './read-known-cases.ts'
import { runScenarios } from './run-scenarios.ts'
import { groups, scenarios } from './scenarios.ts'
import { summarizeScenarios, summarizeSlopes } from './summarize-run.ts'

export interface AtrophyOptions {
  readonly folder: string
  /** Manifests; the last one decides the exit code. */
  readonly models: readonly string[]
  readonly side: Side
  readonly only: ReadonlySet<string> | undefined
  /** Groups of changes (scenarios.ts), separated by commas; all if undefined. */
  readonly changes: string | undefined
  /** Whether a head is located only once, not again after each change. */
  readonly locateOnce: boolean
  readonly threads: number
  readonly json: string | undefined
}

/** The scenarios of the requested groups. Throws a sentence for an unknown group. */
function chooseScenarios(changes: string | undefined) {
  const wanted = changes?.split(',') ?? groups
  const unknown = wanted.find((name) => !(groups as readonly string[]).includes(name))
  if (unknown !== undefined) {
    throw new Error(`--changes takes ${groups.join(', ')}, separated by commas, not ${unknown}.`)
  }
  return scenarios.filter(({ group }) => (wanted as readonly string[]).includes(group))
}

/** Opens models one after the other; shared names get the start of the SHA-256. */
export async function openModels(
  models: readonly string[],
  threads: number,
): Promise<{ model: string; segmenter: Segmenter }[]> {
  const opened: { model: string; segmenter: Segmenter }[] = []
  for (const model of models) {
    const segmenter = await createSegmenter({ manifestPath: resolveManifest(model), threads })
    const { name, version, sha256 } = segmenter.manifest
    const plain = `${name.replace('hippovolume-', '')} ${version}`
    const isTaken = opened.some((one) => one.model === plain)
    opened.push({ model: isTaken ? `${plain} ${sha256.slice(0, 6)}` : plain, segmenter })
  }
  return opened
}

/**
 * Measures cases with outlined hippocampi unchanged and after known changes, prints measured and
 * true change for every model, and returns the exit code: 0, or 1 if a slope of the last model is
 * outside the limits.
 */
export async function evaluateAtrophy(options: AtrophyOptions): Promise<number> {
  const { folder, side, only, threads, json } = options
  const wanted = chooseScenarios(options.changes)
  const opened = await openModels(options.models, threads)
  const heads = holdsHeads(folder)
  const localizer = heads ? await createLocalizer({}) : undefined
  const once = localizer && locateOnce(localizer)
  const measurers = opened.map(({ model, segmenter }) => ({
    model,
    measure: localizer
      ? headMeasurer(segmenter, (options.locateOnce && once) || localizer)
      : cropMeasurer(segmenter),
  }))
  try {
    const cases = heads ? readKnownHeads(folder, only) : readKnownCrops(folder, side, only)
    const run = await runScenarios(cases, wanted, measurers, (done, { name }) => {
      once?.forget()
      process.stderr.write(`${done} cases (${name})\n`)
    })
    const apart = new Set(
      wanted.filter((one) => one.apart).map(({ group, name }) => `${group} ${name}`),
    )
    const figures = summarizeScenarios(run.measurements, apart)
    const slopes = summarizeSlopes(run.measurements)
    console.log(printRun(run, figures, slopes))
    const models = opened.map(({ model, segmenter }) => ({
      model,
      sha256: segmenter.manifest.sha256,
    }))
    const kind = heads ? 'heads' : 'crops'
    if (json) {
      writeFileSync(json, `${JSON.stringify({ kind, models, figures, slopes, ...run }, null, 1)}\n`)
    }
    const judged = slopes.find(({ model }) => model === opened.at(-1)?.model)?.slopes
    const measured = [judged?.anchored, judged?.flow].filter((one) => one && one.points > 0)
    return measured.length > 0 && measured.every((one) => isAcceptedSlope(one!.slope)) ? 0 : 1
  } finally {
    await Promise.all([...opened.map(({ segmenter }) => segmenter.close()), localizer?.close()])
  }
}
