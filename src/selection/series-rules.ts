import { type Static, Type } from 'typebox'
import type { ReadOnly } from '../read-only.ts'
import { ruleReasons } from './verdict-reason.ts'

const strict = { additionalProperties: false }

/** Values of a series (series-values.ts) that a rule may test: none identifies a person. */
export const ruleAttributes = [
  'acquisitionContrast',
  'angioFlag',
  'anisotropy',
  'bodyPartExamined',
  'columns',
  'complexImageComponent',
  'contrastBolusAgent',
  'contrastBolusIngredient',
  'contrastBolusTotalDose',
  'contrastBolusVolume',
  'description',
  'diffusionBValue',
  'echoPlanarPulseSequence',
  'echoPulseSequence',
  'echoTime',
  'echoTrainLength',
  'ernstAngle',
  'flipAngle',
  'flipAngleToErnstAngle',
  'imageType',
  'images',
  'imagesPerPosition',
  'inversionRecovery',
  'inversionTime',
  'label',
  'laterality',
  'magneticFieldStrength',
  'manufacturer',
  'manufacturerModelName',
  'modality',
  'mrAcquisitionType',
  'name',
  'numberOfFrames',
  'numberOfTemporalPositions',
  'patientExaminationCharacteristics',
  'phaseContrast',
  'pixelDataCharacteristics',
  'pixelSize',
  'planeExtent',
  'positions',
  'protocol',
  'protocolName',
  'repetitionTime',
  'rows',
  'scanOptions',
  'scanningSequence',
  'sequenceName',
  'sequenceVariant',
  'seriesDescription',
  'seriesNumber',
  'sliceExtent',
  'sliceSize',
  'sliceStep',
  'sliceThickness',
  'sopClassUid',
  'spacingBetweenSlices',
  'studyDescription',
  'timeOfFlightContrast',
  'voxelVolume',
] as const

const attribute = Type.Enum([...ruleAttributes])
const bound = Type.Union([Type.Number(), Type.String()], {
  description: 'A number, or the name of a limit.',
})

const attributeTest = Type.Object(
  {
    attribute,
    known: Type.Optional(Type.Boolean()),
    is: Type.Optional(
      Type.Union(
        [Type.String(), Type.Number(), Type.Array(Type.Union([Type.String(), Type.Number()]))],
        { description: 'Equal to one of these; case is ignored.' },
      ),
    ),
    matches: Type.Optional(
      Type.String({ minLength: 1, description: 'Regular expression; case is ignored.' }),
    ),
    above: Type.Optional(bound),
    below: Type.Optional(bound),
  },
  {
    ...strict,
    minProperties: 2,
    description:
      'About one value: every stated condition must hold. Only `known: false` holds for a value that ' +
      'the series does not state. In a list, one matching value is enough.',
  },
)

const self = Type.Ref('Condition')
const condition = Type.Cyclic(
  {
    Condition: Type.Union([
      Type.Object({ all: Type.Array(self) }, strict),
      Type.Object({ any: Type.Array(self) }, strict),
      Type.Object({ not: self }, strict),
      Type.Object(
        { atLeast: Type.Integer({ minimum: 1 }), of: Type.Array(self) },
        { ...strict, description: 'At least this many of these conditions hold.' },
      ),
      Type.Object({ term: Type.String() }, { ...strict, description: 'A condition with a name.' }),
      attributeTest,
    ]),
  },
  'Condition',
)

const id = Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' })

const rule = Type.Object(
  {
    id,
    appliesTo: Type.Optional(
      Type.Enum(['every', 'heads'], {
        description: 'Also series with the agreed name, or only whole heads (the default).',
      }),
    ),
    reason: Type.Enum([...ruleReasons]),
    when: condition,
    sentence: Type.String({
      minLength: 1,
      maxLength: 300,
      description: '`{name}` stands for a value or limit.',
    }),
    doubt: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'Weight of the doubt; without it the rule rejects the series. A series in doubt ranks after all ' +
          'others and is rejected if its doubts add up to more than the limit `maximumDoubt`.',
      }),
    ),
    warning: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 300,
        description: 'Warning shown with the measurement of a series in doubt.',
      }),
    ),
  },
  strict,
)

const points = {
  id,
  points: Type.Number(),
  because: Type.String({
    minLength: 1,
    description: 'Ends "series 5 is preferred because ...".',
  }),
}
const preference = Type.Union([
  Type.Object(
    { ...points, when: condition },
    { ...strict, description: 'All points if the condition holds.' },
  ),
  Type.Object(
    { ...points, attribute, best: Type.Number(), worst: Type.Number() },
    {
      ...strict,
      description: 'Points in proportion to a number, from `worst` (none) to `best` (all).',
    },
  ),
])

const limits = Type.Record(Type.String(), Type.Number(), {
  description: 'Numbers with a name, for conditions and sentences.',
})
const words = Type.Record(Type.String(), Type.String({ minLength: 1 }), {
  description:
    'Pieces of regular expressions with a name: `{{name}}` in an expression or in another piece stands for it.',
})
const terms = Type.Record(Type.String(), condition, {
  description: 'Conditions with a name, for other conditions.',
})
const rules = Type.Array(rule, {
  description: 'Rules that reject or doubt a series; the sentence of the first match is shown.',
})
const preferences = Type.Array(preference, {
  description: 'Preferences among whole heads.',
})

/** A file of rules (SERIES_RULES_FILE): all of them, or what differs from the shipped ones. */
export const seriesRulesFile = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    extends: Type.Optional(
      Type.Literal('default', {
        description: 'Start from the shipped rules; without it, only the rules of this file apply.',
      }),
    ),
    without: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Identifiers of shipped rules and preferences to omit.',
      }),
    ),
    limits: Type.Optional(limits),
    words: Type.Optional(words),
    terms: Type.Optional(terms),
    rules: Type.Optional(rules),
    preferences: Type.Optional(preferences),
  },
  {
    ...strict,
    title: 'HippoVolume series rules',
    description: 'How the series of a study are judged and compared; see docs/series-choice.md.',
  },
)

const seriesRules = Type.Object({
  limits,
  words: Type.Optional(words),
  terms: Type.Optional(terms),
  rules,
  preferences,
})

export type RulesFile = ReadOnly<Static<typeof seriesRulesFile>>
/** How series are judged and compared, as data. */
export type SeriesRules = ReadOnly<Static<typeof seriesRules>>
/** An objection to a series. */
export type SeriesRule = SeriesRules['rules'][number]
/** A preference among whole heads. */
export type Preference = SeriesRules['preferences'][number]
/** A statement about a series' values; true or false for every series. */
export type Condition = ReadOnly<Static<typeof condition>>
export type AttributeTest = ReadOnly<Static<typeof attributeTest>>
