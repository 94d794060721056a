import type { SeriesRules } from './series-rules.ts'

export type Words = NonNullable<SeriesRules['words']>

const noWords: Words = {}
const known = new WeakMap<Words, Map<string, RegExp>>()

/** Puts the words of a rules file where `{{name}}` stands for them, in words, too. */
function fillIn(pattern: string, words: Words, within: readonly string[] = []): string {
  return pattern.replace(/\{\{([a-z0-9-]+)\}\}/g, (_, name: string) => {
    if (!Object.hasOwn(words, name)) throw new SyntaxError(`unknown word "${name}"`)
    if (within.includes(name)) throw new SyntaxError(`the word "${name}" contains itself`)
    return `(?:${fillIn(words[name]!, words, [...within, name])})`
  })
}

/**
 * The regular expression of a rule, with its words filled in, without regard to case; made once.
 * Throws SyntaxError for a pattern that is none.
 */
export function readExpression(pattern: string, words: Words = noWords): RegExp {
  const made = known.get(words) ?? new Map<string, RegExp>()
  known.set(words, made)
  const expression = made.get(pattern) ?? new RegExp(fillIn(pattern, words), 'iu')
  made.set(pattern, expression)
  return expression
}
