import { changeReference } from './change-reference.ts'
import { describeSides } from './describe-longitudinal.ts'
import type {
  ChangeSigns,
  EarlierMoment,
  LongitudinalChange,
  SideChange,
} from './longitudinal-change.ts'
import shipped from './longitudinal-reference.json' with { type: 'json' }

/** What the change is taken from; where the outlines lie only says where to look. */
export type WeighedSign = Exclude<keyof ChangeSigns, 'outlined'>

/** How the signs become a change, and how far it may be off. */
export interface LongitudinalReference {
  readonly weights: Readonly<Record<WeighedSign, number>>
  /** Standard deviation of the change that two scans show where nothing has changed, percent. */
  readonly deviationPercent: { readonly side: number; readonly both: number }
  /** Standard deviation of how much of a change is seen, as a share of it. */
  readonly deviationShare: number
  /** How the figures were measured. */
  readonly source: string
}

export const longitudinalReference: LongitudinalReference = shipped

const normal95 = 1.959964
/** What is written has this precision: below it lies what engines round differently. */
const round = (value: number) => Math.round(value * 1000) / 1000

/** The change that the signs of one hippocampus tell, percent. */
export function weighSigns(
  signs: Pick<ChangeSigns, WeighedSign>,
  { weights }: LongitudinalReference = longitudinalReference,
): number {
  const names = Object.keys(weights) as WeighedSign[]
  return names.reduce((sum, name) => sum + weights[name] * signs[name], 0)
}

function makeSide(
  side: SideChange['side'],
  percent: number,
  years: number,
  { deviationPercent, deviationShare }: LongitudinalReference,
): SideChange {
  const base = side === 'both' ? deviationPercent.both : deviationPercent.side
  const reach = normal95 * Math.hypot(base, deviationShare * percent)
  const ends = { percent, lower: percent - reach, upper: percent + reach }
  const perYear =
    years < changeReference.minimumYears
      ? {}
      : {
          percentPerYear: round(percent / years),
          lowerPerYear: round(ends.lower / years),
          upperPerYear: round(ends.upper / years),
        }
  return {
    side,
    percent: round(percent),
    lower: round(ends.lower),
    upper: round(ends.upper),
    ...perYear,
  }
}

/**
 * The change of both hippocampi with its interval: what the signs tell, and its error from repeated scans
 * and from how much of a known change is seen. Both together are weighed by their present volumes, mm3.
 */
export function judgeChange(
  moment: EarlierMoment,
  measured: readonly {
    readonly side: 'left' | 'right'
    readonly signs: ChangeSigns
    readonly volumeMm3: number
  }[],
  reference: LongitudinalReference = longitudinalReference,
): LongitudinalChange {
  const { years } = moment
  const each = measured.map((one) => ({ ...one, percent: weighSigns(one.signs, reference) }))
  const total = each.reduce((sum, { volumeMm3 }) => sum + volumeMm3, 0)
  const mean = each.reduce((sum, { percent, volumeMm3 }) => sum + percent * volumeMm3, 0) / total
  const sides = [
    ...each.map(({ side, percent }) => makeSide(side, percent, years, reference)),
    ...(each.length === 2 ? [makeSide('both', mean, years, reference)] : []),
  ]
  return { ...moment, sides, sentence: describeSides(sides, years) }
}

/** The change of a study whose images could not be held against those of this one. */
export function withoutChange(
  moment: EarlierMoment,
  reason: string,
  sentence: string,
): LongitudinalChange {
  return { ...moment, sides: [], reason, sentence }
}
