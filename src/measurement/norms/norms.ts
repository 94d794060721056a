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
      description: 'Author and year, for use where space is limited.',
    }),
    citation: Type.String({ minLength: 1, description: 'Authors, title, year, place.' }),
    url: Type.Optional(text),
    licence: text,
    notice: Type.Optional(
      Type.String({ minLength: 1, description: 'Notice required by the licence.' }),
    ),
    population: Type.String({ minLength: 1, description: 'Population that was measured.' }),
    method: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'Method of measurement, such as FreeSurfer 6.',
    }),
  },
  { ...strict, description: 'Source of the values; shown wherever they are used.' },
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
  { ...strict, description: 'Asymmetry in people without disease.' },
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
      description: 'Percentiles of the columns, ascending.',
    }),
    rows: Type.Array(
      Type.Object({ age: Type.Number({ minimum: 0 }), volumesMm3: Type.Array(positive) }, strict),
      {
        minItems: 2,
        description: 'By ascending age; volumes in mm3, one for each percentile, ascending.',
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
  ages: range('Years; there is no comparison outside this range.'),
  calibrations: Type.Array(calibration, {
    description: 'How the volumes of a model relate to those of the norms: docs/norms.md.',
  }),
  asymmetry: Type.Optional(asymmetry),
  alarmPercentile: Type.Optional(
    Type.Number({
      minimum: 0.5,
      maximum: 25,
      description: 'Percentile below which a volume is called small; absent: 5.',
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
/** Source and population of reference values; shown wherever they are used. */
export type NormsSource = ReadOnly<Static<typeof source>>
/** Asymmetry in people without disease. */
export type AsymmetryReference = ReadOnly<Static<typeof asymmetry>>
export type Range = Norms['ages']
