import { readFileSync } from 'node:fs'
import { type Static, Type } from 'typebox'
import { HippoError } from '../errors.ts'
import { findSchemaFault } from '../schema-fault.ts'

const text = Type.String({ minLength: 1 })
/** A sentence with required placeholders in braces. */
const sentence = (...places: readonly string[]) =>
  Type.String({
    minLength: 1,
    pattern: `^${places.map((place) => `(?=.*\\{${place}\\})`).join('')}.*$`,
  })
const closed = { additionalProperties: false } as const

const templatesSchema = Type.Object(
  {
    language: Type.Object({ code: text, name: text }, closed),
    decimalMark: text,
    percentileEnds: Type.Object({ lowest: text, highest: text }, closed),
    list: Type.Object({ separator: text, end: text }, closed),
    volumes: text,
    sides: Type.Object(
      { right: sentence('volume'), left: sentence('volume'), unknown: sentence('volume') },
      closed,
    ),
    percentile: sentence('value', 'low', 'high'),
    reference: text,
    noPercentile: text,
    standings: Type.Object(
      {
        below: sentence('side', 'alarm'),
        'probably-below': sentence('side', 'alarm'),
        'probably-within': sentence('side', 'alarm'),
        within: sentence('side'),
        above: sentence('side', 'opposite'),
      },
      closed,
    ),
    sideNames: Type.Object({ right: text, left: text, both: text }, closed),
    asymmetry: Type.Object(
      {
        left: sentence('percent'),
        right: sentence('percent'),
        equal: text,
        usual: text,
        unusual: text,
        unjudged: text,
      },
      closed,
    ),
    occupancy: Type.Object(
      { sides: sentence('sides'), right: sentence('value'), left: sentence('value') },
      closed,
    ),
    change: sentence('years', 'percent', 'low', 'high'),
    warning: text,
    withheld: text,
    refused: text,
    limits: text,
  },
  closed,
)

/** The words of the impression in one language. */
export type ImpressionTemplates = Static<typeof templatesSchema>

/** Shipped languages, each with a separate file in this folder. */
export const impressionLanguages = ['en', 'de'] as const
export type ImpressionLanguage = (typeof impressionLanguages)[number]

/** Reads the words of a language. Throws CONFIG_INVALID if a word or a placeholder is missing. */
export function parseTemplates(json: string, name: string): ImpressionTemplates {
  const content: unknown = JSON.parse(json)
  const fault = findSchemaFault(templatesSchema, content)
  if (fault !== undefined) {
    throw new HippoError('CONFIG_INVALID', `The impression in ${name} is not usable: ${fault}.`)
  }
  return content as ImpressionTemplates
}

const read = (language: ImpressionLanguage) =>
  parseTemplates(readFileSync(new URL(`${language}.json`, import.meta.url), 'utf8'), language)

/** The shipped words. */
export const impressionTemplates: Readonly<Record<ImpressionLanguage, ImpressionTemplates>> = {
  en: read('en'),
  de: read('de'),
}
