import { type ChangeSlope, fitChangeSlope } from '../../src/models/known-change/change-slope.ts'
import type { ChangeMeasurement } from './run-scenarios.ts'

/** Results of one model for one change, over all hippocampi. */
export interface ScenarioFigures {
  readonly model: string
  readonly group: string
  readonly scenario: string
  readonly hippocampi: number
  readonly trueRatio: number
  readonly mean: number
  readonly sd: number
  readonly least: number
  readonly most: number
}

export interface ModelSlopes {
  readonly model: string
  readonly slopes: Readonly<Record<'anchored' | 'flow' | 'all', ChangeSlope>>
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function deviation(values: readonly number[]): number {
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1))
}

/**
 * Mean and spread of measured after over before, one row per model and change (and side if
 * relevant).
 */
export function summarizeScenarios(
  measurements: readonly ChangeMeasurement[],
  apart: ReadonlySet<string>,
): ScenarioFigures[] {
  const changed = measurements.filter(({ group }) => group !== 'before')
  const nameOf = ({ group, scenario, side }: ChangeMeasurement) =>
    apart.has(`${group} ${scenario}`) ? `${scenario}: ${side}` : scenario
  const rows = Map.groupBy(changed, (one) => JSON.stringify([one.group, nameOf(one), one.model]))
  return [...rows.values()].map((members) => {
    const { model, group } = members[0]!
    const ratios = members.map(({ measuredRatio }) => measuredRatio)
    return {
      model,
      group,
      scenario: nameOf(members[0]!),
      hippocampi: members.length,
      trueRatio: mean(members.map(({ trueRatio }) => trueRatio)),
      mean: mean(ratios),
      sd: deviation(ratios),
      least: Math.min(...ratios),
      most: Math.max(...ratios),
    }
  })
}

/**
 * Slopes of log measured on log true over the unchanged cases and after every loss, per simulator.
 */
export function summarizeSlopes(measurements: readonly ChangeMeasurement[]): ModelSlopes[] {
  const counted = measurements.filter(({ group }) => ['before', 'anchored', 'flow'].includes(group))
  return [...Map.groupBy(counted, ({ model }) => model)].map(([model, own]) => {
    const slopeOf = (wanted: readonly string[]) =>
      fitChangeSlope(
        own
          .filter(({ group }) => wanted.includes(group))
          .map((one) => ({ ...one, case: `${one.case} ${one.side}` })),
      )
    return {
      model,
      slopes: {
        anchored: slopeOf(['before', 'anchored']),
        flow: slopeOf(['before', 'flow']),
        all: slopeOf(['before', 'anchored', 'flow']),
      },
    }
  })
}
