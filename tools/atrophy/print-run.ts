import { isAcceptedSlope, knownChangeLimits } from '../../src/models/known-change/limits.ts'
import { table } from '../evaluate/print-table.ts'
import type { AtrophyRun } from './run-scenarios.ts'
import type { ModelSlopes, ScenarioFigures } from './summarize-run.ts'

/** The figures of all models side by side, as lines of text for a terminal. */
export function printRun(
  run: AtrophyRun,
  figures: readonly ScenarioFigures[],
  slopes: readonly ModelSlopes[],
): string {
  const models = slopes.map(({ model }) => model)
  const changes = Map.groupBy(figures, ({ group, scenario }) => `${group} ${scenario}`)
  const rows = [...changes].map(([name, own]) => [
    name,
    own[0]!.trueRatio.toFixed(3),
    ...models.flatMap((model) => {
      const found = own.find((row) => row.model === model)
      if (found === undefined) return ['-', '-', '-', '-']
      const range = `${found.least.toFixed(2)} to ${found.most.toFixed(2)}`
      return [found.mean.toFixed(3), found.sd.toFixed(3), range, String(found.hippocampi)]
    }),
  ])
  const header = ['after / before', 'true', ...models.flatMap((one) => [one, 'sd', 'range', 'n'])]
  const slopeRows = slopes.flatMap(({ model, slopes: own }) =>
    Object.entries(own).map(([simulator, { slope, withinSlope, r, points }]) => [
      `${model}, ${simulator}`,
      slope.toFixed(3),
      withinSlope.toFixed(3),
      r.toFixed(3),
      String(points),
      isAcceptedSlope(slope) ? 'yes' : 'NO',
    ]),
  )
  const limits = `${knownChangeLimits.slope.join(' to ')}`
  return [
    ...table([header, ...rows]),
    '',
    ...table([
      ['log measured on log true', 'slope', 'within', 'r', 'points', limits],
      ...slopeRows,
    ]),
    ...run.leftOut.map((one) => `left out: ${one.case}: ${one.reason}`),
    ...run.notMeasured.map(
      (one) => `not measured by ${one.model}: ${one.case}, ${one.scenario}: ${one.reason}`,
    ),
  ].join('\n')
}
