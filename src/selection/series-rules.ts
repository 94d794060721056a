import type { VerdictReason } from './verdict-reason.ts'

/** A statement about a series' values (series-values.ts); true or false for every series. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  /** Of these conditions at least so many hold. */
  | { readonly atLeast: number; readonly of: readonly Condition[] }
  /** A condition with a name, from the `terms` of the rules. */
  | { readonly term: string }
  | AttributeTest

/**
 * About one value. Everything stated must hold; nothing but `known: false` holds of a value that the
 * series does not tell. Of a list, one value that fits is enough.
 */
export interface AttributeTest {
  readonly attribute: string
  readonly known?: boolean
  /** Equal to one of these; texts without regard to case. */
  readonly is?: string | number | readonly (string | number)[]
  /** Regular expression, without regard to case. */
  readonly matches?: string
  /** A number, or the name of a limit. */
  readonly above?: number | string
  readonly below?: number | string
}

/** What speaks against a series. */
export interface SeriesRule {
  readonly id: string
  /** Series of the agreed name, too, or only whole heads (the default). */
  readonly appliesTo?: 'every' | 'heads'
  readonly reason: RuleReason
  readonly when: Condition
  /** `{name}` stands for a value or limit. */
  readonly sentence: string
  /**
   * Where it is given, the rule raises a doubt of this size and does not refuse by itself: the series comes
   * after all that nothing speaks against, and is refused where its doubts add up to more than the limit
   * `maximumDoubt`.
   */
  readonly doubt?: number
  /** Said with the measurement of a series in doubt. */
  readonly warning?: string
}

export type RuleReason = Exclude<
  VerdictReason,
  | 'CHOSEN'
  | 'AMBIGUOUS'
  | 'NOT_BEST'
  | 'NOT_MEASURABLE'
  | 'OWN_RESULT'
  | 'NOT_IMAGE'
  | 'NOT_MR'
  | 'NAME_NOT_AGREED'
  | 'HEAD_PREFERRED'
>

/**
 * What speaks for one whole head over another: all points where the condition holds, or points in
 * proportion from `worst` (none) to `best` (all) of a number.
 */
export type Preference = {
  readonly id: string
  readonly points: number
  /** Ends "series 5 is preferred because ...". */
  readonly because: string
} & (
  | { readonly when: Condition }
  | { readonly attribute: string; readonly best: number; readonly worst: number }
)

/** How series are judged and compared, as data; docs/series-choice.md explains it. */
export interface SeriesRules {
  readonly limits: Readonly<Record<string, number>>
  /** Conditions with a name; other conditions ask for them by it. */
  readonly terms?: Readonly<Record<string, Condition>>
  /** In this order: the first that objects is the one people read. */
  readonly rules: readonly SeriesRule[]
  readonly preferences: readonly Preference[]
}
