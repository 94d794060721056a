import { type Agreement, describeDifferences } from '../measurement/agreement.ts'
import type { Requirement } from './acceptance.ts'
import type { PairedCase } from './paired-case.ts'
import { type CaseScores, type Structure, structures } from './score-labels.ts'

/**
 * Requirements on a model. Dice may be lower than the shipped model's by less than the margin, with
 * 97.5 % confidence. The limits are chosen, not measured (docs/models.md).
 */
const limits = {
  leastCases: 20,
  diceMargin: { whole: 0.01, anterior: 0.02, posterior: 0.02 } as Record<Structure, number>,
  /** Maximum loss of Dice in a single case. */
  worstLoss: 0.1,
  /** Mean volume relative to the labels, per cent. */
  volumeErrorPercent: 5,
  /** Time of a case relative to the shipped model. */
  timesSlower: 3,
}

interface PersonScores {
  readonly candidate: CaseScores
  readonly shipped: CaseScores
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Means over the crops of each person: two of one person are not two independent cases. */
function byPerson(
  cases: readonly PairedCase[],
  value: (scores: PersonScores) => number | undefined,
): number[] {
  const groups = Object.groupBy(cases, ({ person }) => person)
  return Object.values(groups).flatMap((group = []) => {
    const values = group.flatMap(({ candidate, shipped }) => {
      if (candidate.scores === undefined || shipped.scores === undefined) return []
      return value({ candidate: candidate.scores, shipped: shipped.scores }) ?? []
    })
    return values.length === 0 ? [] : [mean(values)]
  })
}

const shown = (value: number, digits = 3) => value.toFixed(digits)

function judgeDice(structure: Structure, difference: Agreement): Requirement {
  const margin = limits.diceMargin[structure]
  const [low, high] = difference.interval
  const name = structure === 'whole' ? 'the whole hippocampus' : `its ${structure} part`
  return {
    name: `DICE_${structure.toUpperCase()}`,
    met: low > -margin,
    sentence: `Dice of ${name} relative to the labels differs by ${shown(difference.meanDifference)} from the shipped model's (95 % interval ${shown(low)} to ${shown(high)}); more than -${margin} is required.`,
  }
}

/**
 * Compares a model's results with those of the shipped one (pure). Cases that only one of the two
 * could measure are excluded from the means; those that only the shipped one could measure count
 * against the model.
 */
export function judgeModel(cases: readonly PairedCase[]): {
  requirements: Requirement[]
  figures: Record<string, unknown>
} {
  const paired = cases.filter(({ candidate, shipped }) => candidate.scores && shipped.scores)
  const lost = cases.filter(({ candidate, shipped }) => !candidate.scores && shipped.scores)
  const persons = byPerson(cases, () => 0).length
  const enough: Requirement = {
    name: 'CASES',
    met: persons >= limits.leastCases,
    sentence: `${persons} persons (${paired.length} crops) could be compared; at least ${limits.leastCases} are required.`,
  }
  const measured: Requirement = {
    name: 'MEASURED',
    met: lost.length === 0,
    sentence: `${lost.length} crops that the shipped model measures could not be measured${lost.length > 0 ? ` (${lost[0]!.case})` : ''}.`,
  }
  if (persons < 2) return { requirements: [enough, measured], figures: {} }

  const dice = (structure: Structure) =>
    describeDifferences(
      byPerson(
        cases,
        ({ candidate, shipped }) => candidate[structure].dice - shipped[structure].dice,
      ),
    )
  const differences = Object.fromEntries(structures.map((one) => [one, dice(one)]))
  const losses = paired.map((one) => ({
    case: one.case,
    loss: one.shipped.scores!.whole.dice - one.candidate.scores!.whole.dice,
  }))
  const worst = losses.toSorted((a, b) => b.loss - a.loss)
  const errorOf = (which: 'candidate' | 'shipped') =>
    mean(byPerson(cases, (scores) => scores[which].whole.volumeErrorPercent ?? undefined))
  const error = { candidate: errorOf('candidate'), shipped: errorOf('shipped') }
  const errorLimit = Math.max(limits.volumeErrorPercent, Math.abs(error.shipped) + 1)
  const milliseconds = {
    candidate: median(paired.map(({ candidate }) => candidate.milliseconds)),
    shipped: median(paired.map(({ shipped }) => shipped.milliseconds)),
  }
  const slower = milliseconds.candidate / milliseconds.shipped
  const volumes = describeDifferences(
    byPerson(
      cases,
      ({ candidate, shipped }) => candidate.whole.volumeMm3 - shipped.whole.volumeMm3,
    ),
  )
  const requirements: Requirement[] = [
    enough,
    measured,
    ...structures.map((structure) => judgeDice(structure, differences[structure]!)),
    {
      name: 'WORST_CASE',
      met: worst[0]!.loss <= limits.worstLoss,
      sentence: `The largest loss of Dice compared with the shipped model is ${shown(worst[0]!.loss)} (${worst[0]!.case}); at most ${limits.worstLoss} is allowed.`,
    },
    {
      name: 'VOLUME',
      met: Math.abs(error.candidate) <= errorLimit,
      sentence: `Its volumes differ from the labels' by ${shown(error.candidate, 1)} % on average (the shipped model's by ${shown(error.shipped, 1)} %); at most ${shown(errorLimit, 1)} % is allowed.`,
    },
    {
      name: 'SPEED',
      met: slower <= limits.timesSlower,
      sentence: `A crop takes ${Math.round(milliseconds.candidate)} ms, ${shown(slower, 1)} times as long as with the shipped model; at most ${limits.timesSlower} times is allowed.`,
    },
  ]
  const means = (which: 'candidate' | 'shipped') =>
    Object.fromEntries(
      structures.map((one) => [one, mean(byPerson(cases, (scores) => scores[which][one].dice))]),
    )
  return {
    requirements,
    figures: {
      persons,
      crops: paired.length,
      dice: { candidate: means('candidate'), shipped: means('shipped') },
      diceDifference: differences,
      volumeErrorPercent: error,
      volumeDifferenceMm3: volumes,
      diceBetweenModels: mean(paired.flatMap(({ agreement }) => agreement ?? [])),
      worst: worst.slice(0, 5),
      milliseconds,
    },
  }
}
