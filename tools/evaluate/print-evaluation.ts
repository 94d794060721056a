import { structures } from '../../src/models/score-labels.ts'
import type { Evaluation } from './evaluate-folder.ts'
import { table } from './print-table.ts'
import { type Figure, worstCases } from './summarize-scores.ts'

const worstShown = 5

function figure({ mean, interval }: Figure, digits: number): string {
  if (Number.isNaN(mean)) return '-'
  return `${mean.toFixed(digits)} (${interval.map((value) => value.toFixed(digits)).join(' to ')})`
}

function printScores({ summary, cases }: Evaluation): string[] {
  if (summary === undefined) return []
  const rows = structures.map((structure) => {
    const { dice, worstDice, volumeErrorPercent, volumeBiasPercent } = summary[structure]
    return [
      structure,
      figure(dice, 4),
      worstDice.toFixed(3),
      figure(volumeErrorPercent, 1),
      figure(volumeBiasPercent, 1),
    ]
  })
  const worst = worstCases(cases, worstShown).map((row) => [
    row.case,
    ...structures.map((structure) => row[structure].dice.toFixed(4)),
    row.whole.volumeErrorPercent?.toFixed(1) ?? '-',
  ])
  return [
    '',
    ...table([
      ['mean (95 % interval)', 'Dice', 'worst', 'volume error, %', 'volume bias, %'],
      ...rows,
    ]),
    '',
    ...table([['worst cases', ...structures.map((name) => name), 'volume, %'], ...worst]),
  ]
}

function printDicom({ dicom }: Evaluation): string[] {
  if (dicom === undefined) return []
  const forms = Object.entries(Object.groupBy(dicom, ({ form }) => form))
  const rows = forms.map(([form, found = []]) => [
    form,
    String(found.filter(({ differentVoxels }) => differentVoxels === 0).length),
    String(found.filter(({ differentVoxels }) => differentVoxels !== 0).length),
    String(found.reduce((sum, { differentVoxels }) => sum + (differentVoxels ?? 0), 0)),
  ])
  const odd = dicom.filter(({ differentVoxels }) => differentVoxels !== 0)
  return [
    '',
    ...table([['read back from DICOM', 'same', 'different', 'voxels that differ'], ...rows]),
    ...odd.map(
      (row) => `${row.case}, ${row.form}: ${row.refusal ?? `${row.differentVoxels} voxels`}`,
    ),
  ]
}

/** The evaluation as lines of text for a terminal. */
export function printEvaluation(evaluation: Evaluation): string {
  const { model, cases, leftOut, notSegmented } = evaluation
  return [
    `${model.name} ${model.version}: ${cases.length} cases scored, ${notSegmented.length} not segmented, ${leftOut.length} left out`,
    ...leftOut.map((row) => `left out: ${row.case}: ${row.reason}`),
    ...notSegmented.map((row) => `not segmented: ${row.case}: ${row.reason}`),
    ...printScores(evaluation),
    ...printDicom(evaluation),
  ].join('\n')
}
