import { readExpression } from './rule-expression.ts'
import type { AttributeTest, Condition, SeriesRules } from './series-rules.ts'
import type { SeriesValue, SeriesValues } from './series-values.ts'

/** What the conditions of rules refer to by name. */
export type RuleNames = Pick<SeriesRules, 'limits' | 'words' | 'terms'>

const fold = (value: string | number) =>
  typeof value === 'string' ? value.trim().toLowerCase() : value

function isTold(value: SeriesValue): value is Exclude<SeriesValue, undefined> {
  return typeof value === 'object' ? value.length > 0 : value !== undefined && value !== ''
}

function compare(
  value: Exclude<SeriesValue, undefined>,
  limit: number | string,
  limits: Readonly<Record<string, number>>,
): number {
  const bound = typeof limit === 'number' ? limit : limits[limit]
  return typeof value === 'number' && bound !== undefined ? value - bound : Number.NaN
}

function passesTest(
  test: AttributeTest,
  values: SeriesValues,
  { limits, words }: RuleNames,
): boolean {
  const value = values[test.attribute]
  if (!isTold(value)) return test.known === false
  const members = typeof value === 'object' ? value : [value]
  const { known, is, matches, above, below } = test
  if (known === false) return false
  if (is !== undefined) {
    const wanted = (typeof is === 'object' ? is : [is]).map(fold)
    if (!members.some((member) => wanted.includes(fold(member)))) return false
  }
  if (matches !== undefined) {
    const expression = readExpression(matches, words)
    if (!members.some((member) => expression.test(String(member)))) return false
  }
  if (above !== undefined && !(compare(value, above, limits) > 0)) return false
  return below === undefined || compare(value, below, limits) < 0
}

/** Whether a condition holds for a series' values. Pure; unknown limits and terms never match. */
export function meetsCondition(
  condition: Condition,
  values: SeriesValues,
  names: RuleNames,
): boolean {
  const { terms = {} } = names
  const meets = (one: Condition) => meetsCondition(one, values, names)
  if ('all' in condition) return condition.all.every(meets)
  if ('any' in condition) return condition.any.some(meets)
  if ('not' in condition) return !meets(condition.not)
  if ('atLeast' in condition) return condition.of.filter(meets).length >= condition.atLeast
  if ('term' in condition) {
    const meant = Object.hasOwn(terms, condition.term) ? terms[condition.term] : undefined
    return meant !== undefined && meets(meant)
  }
  return passesTest(condition, values, names)
}
