import { Type } from 'typebox'
import { errorRecord } from '../outcome/error-record-schema.ts'

const modelName = Type.Object({
  name: Type.String(),
  version: Type.String(),
  sha256: Type.String(),
})

export const modelsReply = Type.Object(
  {
    active: Type.Optional(modelName),
    shadow: Type.Optional(modelName),
    installed: Type.Array(
      Type.Object({
        name: Type.String(),
        version: Type.String(),
        sha256: Type.String(),
        path: Type.String({
          description: "Path of the model's manifest on the service's machine.",
        }),
        origin: Type.Enum(['builtin', 'configured', 'site']),
        checked: Type.Boolean({ description: 'Whether it may be activated.' }),
        lossSlopes: Type.Optional(
          Type.Object(
            { anchored: Type.Number(), flow: Type.Number() },
            {
              description:
                'Slope of log measured against log true volume for simulated losses, by two simulators, as the ' +
                'manifest states: 1 shows all of a loss, 0.5 shows a loss of 36 % as 20 %.',
            },
          ),
        ),
      }),
    ),
    unusable: Type.Array(Type.Object({ path: Type.String(), error: errorRecord })),
    changedAt: Type.Optional(Type.String({ format: 'date-time' })),
    changedBy: Type.Optional(Type.String()),
    problem: Type.Optional(errorRecord),
  },
  {
    title: 'Models',
    description:
      '`active` measures; absent while the analysis process restarts. `shadow` measures, too, but publishes nothing.',
  },
)

const wanted = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'builtin, a version, NAME@VERSION, or the beginning of a SHA-256.',
})
export const activeBody = Type.Object({ version: wanted }, { additionalProperties: false })
export const shadowBody = Type.Object(
  {
    version: Type.Union([wanted, Type.Null()], { description: 'null ends shadow mode.' }),
  },
  { additionalProperties: false },
)

const interval = Type.Unsafe<readonly [number, number]>(
  Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }),
)
const part = Type.Enum(['anterior', 'posterior', 'whole'])
const side = Type.Enum(['left', 'right', 'unknown'])

export const comparisonReply = Type.Object(
  {
    active: modelName,
    shadow: modelName,
    from: Type.String({ format: 'date-time' }),
    to: Type.String({ format: 'date-time' }),
    studies: Type.Integer(),
    failed: Type.Array(Type.Object({ code: Type.String(), studies: Type.Integer() })),
    rows: Type.Array(
      Type.Object({
        kind: Type.Enum(['crop', 'head']),
        side,
        part,
        cases: Type.Integer(),
        meanActiveMm3: Type.Number(),
        meanDifferenceMm3: Type.Number({ description: 'The second model minus the active one.' }),
        meanDifferencePercent: Type.Number(),
        intervalMm3: Type.Optional(interval),
        limitsOfAgreementMm3: Type.Optional(interval),
        meanDice: Type.Number(),
        worstDice: Type.Number(),
      }),
    ),
    worst: Type.Array(
      Type.Object({
        jobId: Type.String(),
        orthancStudyId: Type.String(),
        side,
        activeMm3: Type.Number(),
        shadowMm3: Type.Number(),
        dice: Type.Number(),
      }),
      { description: 'Whole hippocampi on which the two models agree least.' },
    ),
    milliseconds: Type.Object({
      activeMedian: Type.Number(),
      shadowMedian: Type.Number(),
      shadow95: Type.Number(),
    }),
  },
  { title: 'Comparison', description: 'Of the model in shadow mode relative to the active one.' },
)
