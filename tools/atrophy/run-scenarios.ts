import type { LeftOut } from '../../src/models/read-cases.ts'
import type { KnownCase, MeasureSides, Side } from './known-case.ts'
import type { Group, Scenario } from './scenarios.ts'

/** One hippocampus after one change, as one model measured it. */
export interface ChangeMeasurement {
  readonly model: string
  readonly case: string
  readonly side: Side
  readonly scenario: string
  readonly group: Group | 'before'
  readonly trueMm3: number
  /** True volume after over before. */
  readonly trueRatio: number
  readonly measuredMm3: number
  /** Measured volume after over before. */
  readonly measuredRatio: number
}

export interface AtrophyRun {
  readonly measurements: readonly ChangeMeasurement[]
  readonly leftOut: readonly LeftOut[]
  /** Rejections by the product: model, case, scenario and reason. */
  readonly notMeasured: readonly {
    readonly model: string
    readonly case: string
    readonly scenario: string
    readonly reason: string
  }[]
}

export interface NamedMeasurer {
  readonly model: string
  readonly measure: MeasureSides
}

const unchanged = 'as it is'

/** Measures every case unchanged and after every change, with every model. */
export async function runScenarios(
  cases: Iterable<KnownCase | LeftOut>,
  scenarios: readonly Scenario[],
  measurers: readonly NamedMeasurer[],
  onCase: (done: number, known: KnownCase) => void,
): Promise<AtrophyRun> {
  const measurements: ChangeMeasurement[] = []
  const leftOut: LeftOut[] = []
  const notMeasured: AtrophyRun['notMeasured'][number][] = []
  let done = 0
  for (const known of cases) {
    if ('reason' in known) {
      leftOut.push(known)
      continue
    }
    const before = new Map<string, Awaited<ReturnType<MeasureSides>>>()
    const refuse = (model: string, scenario: string, error: unknown) =>
      notMeasured.push({ model, case: known.name, scenario, reason: (error as Error).message })
    for (const { model, measure } of measurers) {
      try {
        before.set(model, await measure(known.volume, known))
      } catch (error) {
        refuse(model, unchanged, error)
      }
    }
    const note = (
      model: string,
      measured: Awaited<ReturnType<MeasureSides>>,
      ratios: Partial<Record<Side, number>>,
      named: { scenario: string; group: ChangeMeasurement['group'] },
    ) => {
      for (const { side, trueMm3 } of known.hippocampi) {
        const [first, now] = [before.get(model)?.[side], measured[side]]
        if (!first || now === undefined) continue
        const trueRatio = ratios[side] ?? 1
        const figures = { trueRatio, measuredMm3: now, measuredRatio: now / first }
        const volumes = { trueMm3: trueMm3 * trueRatio, ...figures }
        measurements.push({ model, case: known.name, side, ...named, ...volumes })
      }
    }
    for (const [model, measured] of before) {
      note(model, measured, {}, { scenario: unchanged, group: 'before' })
    }
    for (const { name: scenario, group, kinds, change } of scenarios) {
      if (!kinds.includes(known.kind)) continue
      const { volume, ratios } = change(known)
      for (const { model, measure } of measurers) {
        if (!before.has(model)) continue
        try {
          note(model, await measure(volume, known), ratios, { scenario, group })
        } catch (error) {
          refuse(model, scenario, error)
        }
      }
    }
    onCase(++done, known)
  }
  return { measurements, leftOut, notMeasured }
}
