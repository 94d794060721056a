import { table } from '../print-table.ts'
import { correlate, intraclass } from './agreement.ts'
import { type HeadsEvaluation, type ScoredHead, sides } from './evaluate-heads.ts'

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const percent = (value: number, of: number) => (100 * (value - of)) / of
const show = (value: number | undefined, digits = 0) =>
  value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits)

function printCases(cases: readonly ScoredHead[]): string[] {
  const header = [
    'case',
    'Dice L',
    'Dice R',
    'theirs',
    'mm3 L',
    'mm3 R',
    'manual L',
    'manual R',
    'theirs L',
    'theirs R',
    'off mm',
    'ICV cm3',
    'theirs',
    'score',
    'looks',
    's',
  ]
  const rows = cases.map(({ left, right, hippoDeep, ...head }) => [
    head.case,
    show(left.dice, 3),
    show(right.dice, 3),
    `${show(hippoDeep?.diceLeft, 3)} ${show(hippoDeep?.diceRight, 3)}`,
    show(left.volumeMm3),
    show(right.volumeMm3),
    show(left.manualMm3),
    show(right.manualMm3),
    show(hippoDeep?.leftMm3),
    show(hippoDeep?.rightMm3),
    `${show(left.centerErrorMm, 1)} ${show(right.centerErrorMm, 1)}`,
    show(head.intracranialMm3 / 1000),
    show(hippoDeep?.intracranialMm3 && hippoDeep.intracranialMm3 / 1000),
    show(head.score, 3),
    `${left.looks} ${right.looks}`,
    show(head.seconds, 1),
  ])
  return table([header, ...rows])
}

function summarizeSide(cases: readonly ScoredHead[], side: 'left' | 'right'): string[] {
  const own = cases.map((head) => head[side])
  const manual = own.map(({ manualMm3 }) => manualMm3)
  const theirs = cases.map(({ hippoDeep }) => ({
    dice: hippoDeep?.[side === 'left' ? 'diceLeft' : 'diceRight'] ?? Number.NaN,
    mm3: hippoDeep?.[side === 'left' ? 'leftMm3' : 'rightMm3'] ?? Number.NaN,
  }))
  const row = (who: string, dice: readonly number[], volumes: readonly number[]) => [
    `${side}, ${who}`,
    show(mean(dice), 4),
    show(Math.min(...dice), 3),
    show(mean(volumes.map((mm3, i) => percent(mm3, manual[i]!))), 1),
    show(mean(volumes.map((mm3, i) => Math.abs(percent(mm3, manual[i]!)))), 1),
    show(intraclass(volumes, manual), 3),
    show(correlate(volumes, manual), 3),
  ]
  const ours = row(
    'ours',
    own.map(({ dice }) => dice),
    own.map(({ volumeMm3 }) => volumeMm3),
  )
  const others = row(
    'HippoDeep',
    theirs.map(({ dice }) => dice),
    theirs.map(({ mm3 }) => mm3),
  )
  return [ours.join('\t'), others.join('\t')]
}

function printSummary(cases: readonly ScoredHead[]): string[] {
  const header = ['', 'mean Dice', 'least', 'bias, %', 'error, %', 'ICC', 'correlation']
  const rows = sides.flatMap((side) => summarizeSide(cases, side).map((row) => row.split('\t')))
  return table([header, ...rows])
}

function printIntracranial(cases: readonly ScoredHead[]): string[] {
  const both = cases.flatMap(({ intracranialMm3, hippoDeep }) =>
    hippoDeep?.intracranialMm3 === undefined
      ? []
      : [{ ours: intracranialMm3, theirs: hippoDeep.intracranialMm3 }],
  )
  if (both.length < 2) return []
  const errors = both.map(({ ours, theirs }) => percent(ours, theirs))
  const spread = Math.sqrt(mean(errors.map((error) => (error - mean(errors)) ** 2)))
  const r = correlate(
    both.map(({ ours }) => ours),
    both.map(({ theirs }) => theirs),
  )
  return [
    `intracranial volume against theirs: ${show(mean(errors), 1)} % on average, spread ${show(spread, 1)} %, correlation ${show(r, 3)}`,
  ]
}

/** The evaluation of whole heads as lines of text for a terminal. */
export function printHeads({ model, cases, notMeasured }: HeadsEvaluation): string {
  return [
    `${model.name} ${model.version}: ${cases.length} heads measured, ${notMeasured.length} not`,
    ...notMeasured.map((one) => `not measured: ${one.case}: ${one.reason}`),
    ...(cases.length === 0 ? [] : ['', ...printCases(cases), '', ...printSummary(cases)]),
    '',
    ...printIntracranial(cases),
    ...cases
      .filter(({ warnings }) => warnings.length > 0)
      .map((head) => `warnings of ${head.case}: ${head.warnings.join(', ')}`),
  ].join('\n')
}
