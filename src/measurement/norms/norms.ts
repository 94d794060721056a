import { type Static, Type } from 'typebox'
import type { ReadOnly } from '../../read-only.ts'
import { calibration, range } from './calibration.ts'

const strict = { additionalProperties: false }
const text = Type.String({ minLength: 1 })
const short = Type.String({ minLength: 1, maxLength: 64 })
const positive = Type.Number({ exclusiveMinimum: 0 })

const source = Type.Object(
  {
    name: short,
    short: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'Author and year, where there is little room.',
    }),
    citation: Type.String({ minLength: 1, description: 'Authors, title, year, place.' }),
    url: Type.Optional(text),
    licence: text,
    notice: Type.Optional(
      Type.String({ minLength: 1, description: 'What the licence asks to be repeated.' }),
    ),
    population: Type.String({ minLength: 1, description: 'Who was measured.' }),
    method: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'How they were measured, such as FreeSurfer 6.',
    }),
  },
  { ...strict, description: 'Where the values come from; shown wherever they are used.' },
)

const asymmetry = Type.Object(
  {
    short,
    citation: text,
    population: text,
    limits: Type.Array(
      Type.Object(
        {
          method: short,
          share: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
          percent: Type.Number({ exclusiveMinimum: 0, maximum: 200 }),
        },
        strict,
      ),
      {
        minItems: 1,
        description:
          'Per method: this share of people differs by no more than this, % of the mean of the sides.',
      },
    ),
  },
  { ...strict, description: 'How far the two sides differ in people without disease.' },
)

const coefficients = Type.Object(
  {
    intercept: Type.Number(),
    age: Type.Number(),
    age2: Type.Number(),
    age3: Type.Number(),
    icv: Type.Number(),
    icv2: Type.Number(),
    icv3: Type.Number(),
    ageIcv: Type.Number(),
    ageMale: Type.Number(),
    icvMale: Type.Number(),
    icvLowField: Type.Number(),
    standardDeviation: Type.Number({
      exclusiveMinimum: 0,
      description: 'Around the expected volume, mm3.',
    }),
  },
  {
    ...strict,
    description:
      'Expected volume, mm3, from a = age - center and e = intracranial volume (mm3) - center, m = 1 for ' +
      'men and f = 1 at 1.5 T: intercept + age a + age2 a^2 + age3 a^3 + icv e + icv2 e^2 + icv3 e^3 + ' +
      'ageIcv a e + ageMale a m + icvMale e m + icvLowField e f.',
  },
)

const table = Type.Object(
  {
    sex: Type.Enum(['F', 'M']),
    side: Type.Enum(['left', 'right']),
    percentiles: Type.Array(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 100 }), {
      minItems: 3,
      description: 'Percents of the columns, rising.',
    }),
    rows: Type.Array(
      Type.Object({ age: Type.Number({ minimum: 0 }), volumesMm3: Type.Array(positive) }, strict),
      {
        minItems: 2,
        description: 'By rising age; volumes in mm3, one for each percentile, rising.',
      },
    ),
  },
  strict,
)

const common = {
  $schema: Type.Optional(Type.String()),
  schemaVersion: Type.Literal(2),
  id: text,
  source,
  ages: range('Years; nothing is compared outside.'),
  calibrations: Type.Array(calibration, {
    description: "How a model's volumes relate to the norms': docs/norms.md.",
  }),
  asymmetry: Type.Optional(asymmetry),
  alarmPercentile: Type.Optional(
    Type.Number({
      minimum: 0.5,
      maximum: 25,
      description: 'Percentile under which a volume is called small; absent: 5.',
    }),
  ),
}

const regression = Type.Object(
  {
    ...common,
    kind: Type.Literal('regression'),
    intracranialVolumeMm3: range(),
    ageCenter: Type.Number(),
    intracranialVolumeCenterMm3: Type.Number(),
    sides: Type.Object({ left: coefficients, right: coefficients }, strict),
  },
  { ...strict, description: 'A regression on age, sex and intracranial volume.' },
)

const nomogram = Type.Object(
  { ...common, kind: Type.Literal('nomogram'), tables: Type.Array(table, { minItems: 1 }) },
  { ...strict, description: 'Percentiles by age, not corrected for the size of the head.' },
)

export const normsSchema = Type.Union([regression, nomogram], {
  title: 'HippoVolume norms',
  description: 'Reference values for hippocampal volumes. docs/norms.md explains it.',
})

/** Reference values for hippocampal volumes, from a file that a site may replace (NORMS_FILE). */
export type Norms = RegressionNorms | NomogramNorms
/** Norms as a regression on age, sex and intracranial volume. */
export type RegressionNorms = ReadOnly<Static<typeof regression>>
/** Norms as percentiles by age, not corrected for the size of the head. */
export type NomogramNorms = ReadOnly<Static<typeof nomogram>>
export type NomogramTable = NomogramNorms['tables'][number]
export type RegressionCoefficients = ReadOnly<Static<typeof coefficients>>
/** Where reference values come from and whom they describe; shown wherever they are used. */
export type NormsSource = ReadOnly<Static<typeof source>>
/** How far the two sides differ in people without disease. */
export type AsymmetryReference = ReadOnly<Static<typeof asymmetry>>
export type Range = Norms['ages']
