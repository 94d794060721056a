import { HippoError } from '../errors.ts'
import { findSchemaFault } from '../schema-fault.ts'
import { readExpression } from './rule-expression.ts'
import {
  type Condition,
  type Preference,
  type RulesFile,
  type SeriesRule,
  type SeriesRules,
  seriesRulesFile,
} from './series-rules.ts'

function invalid(problem: string): HippoError {
  return new HippoError('CONFIG_INVALID', `The series rules are not usable: ${problem}.`)
}

function listTests(condition: Condition): Extract<Condition, { attribute: string }>[] {
  if ('all' in condition) return condition.all.flatMap(listTests)
  if ('any' in condition) return condition.any.flatMap(listTests)
  if ('atLeast' in condition) return condition.of.flatMap(listTests)
  if ('not' in condition) return listTests(condition.not)
  return 'term' in condition ? [] : [condition]
}

function listTerms(condition: Condition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(listTerms)
  if ('any' in condition) return condition.any.flatMap(listTerms)
  if ('atLeast' in condition) return condition.of.flatMap(listTerms)
  if ('not' in condition) return listTerms(condition.not)
  return 'term' in condition ? [condition.term] : []
}

type Terms = Readonly<Record<string, Condition>>

/** Whether a term refers to itself, directly or indirectly. */
function isCircular(name: string, terms: Terms, seen: readonly string[] = []): boolean {
  if (seen.includes(name)) return true
  const meant = Object.hasOwn(terms, name) ? terms[name] : undefined
  return (
    meant !== undefined && listTerms(meant).some((one) => isCircular(one, terms, [...seen, name]))
  )
}

/**
 * Limits that are separate settings (SelectionRules): every file may use them, none may set them.
 */
const settingLimits = ['maximumSliceSpacing', 'minimumImages']

function findProblem({
  limits,
  words,
  terms = {},
  rules,
  preferences,
}: SeriesRules): string | undefined {
  const known = new Set([...Object.keys(limits), ...settingLimits])
  const ids = [...rules, ...preferences].map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) return `"${twice}" is defined twice`
  const named = Object.entries(terms).map(([id, when]) => ({ id, when }))
  for (const entry of [...named, ...rules, ...preferences]) {
    const names = 'when' in entry ? listTerms(entry.when) : []
    const unmeant = names.find((name) => !Object.hasOwn(terms, name))
    if (unmeant !== undefined) return `"${entry.id}" names the unknown term "${unmeant}"`
    for (const { matches, above, below } of 'when' in entry ? listTests(entry.when) : []) {
      const unknown = [above, below].find((b) => typeof b === 'string' && !known.has(b))
      if (unknown !== undefined) return `"${entry.id}" names the unknown limit "${unknown}"`
      try {
        if (matches !== undefined) readExpression(matches, words)
      } catch (error) {
        return `"${entry.id}" has an invalid regular expression (${(error as Error).message})`
      }
    }
  }
  const circular = Object.keys(terms).find((name) => isCircular(name, terms))
  return circular && `the term "${circular}" refers to itself`
}

/** Own entries replace those with the same identifier; new ones come first. */
function merge<Entry extends SeriesRule | Preference>(
  shipped: readonly Entry[],
  own: readonly Entry[],
  without: readonly string[],
): readonly Entry[] {
  const byId = new Map(own.map((entry) => [entry.id, entry]))
  const known = new Set(shipped.map(({ id }) => id))
  return [
    ...own.filter(({ id }) => !known.has(id)),
    ...shipped.filter(({ id }) => !without.includes(id)).map((one) => byId.get(one.id) ?? one),
  ]
}

function extend(file: RulesFile, shipped: SeriesRules): SeriesRules {
  const without = file.without ?? []
  const ids = new Set([...shipped.rules, ...shipped.preferences].map(({ id }) => id))
  const unknown = without.find((id) => !ids.has(id))
  if (unknown !== undefined) throw invalid(`there is no shipped rule "${unknown}" to omit`)
  return {
    limits: { ...shipped.limits, ...file.limits },
    words: { ...shipped.words, ...file.words },
    terms: { ...shipped.terms, ...file.terms },
    rules: merge(shipped.rules, file.rules ?? [], without),
    preferences: merge(shipped.preferences, file.preferences ?? [], without),
  }
}

/**
 * Validates a rules file against its schema and completes it: one that extends the default is
 * merged with `shipped`. Throws CONFIG_INVALID with the location of the fault.
 */
export function parseSeriesRules(content: unknown, shipped: SeriesRules | undefined): SeriesRules {
  const fault = findSchemaFault(seriesRulesFile, content)
  if (fault !== undefined) throw invalid(fault)
  const file = content as RulesFile
  const rules =
    file.extends === undefined
      ? {
          limits: file.limits ?? {},
          ...(file.words && { words: file.words }),
          ...(file.terms && { terms: file.terms }),
          rules: file.rules ?? [],
          preferences: file.preferences ?? [],
        }
      : extend(file, shipped ?? { limits: {}, rules: [], preferences: [] })
  const problem = findProblem(rules)
  if (problem !== undefined) throw invalid(problem)
  return rules
}
