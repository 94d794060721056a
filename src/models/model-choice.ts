import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { ModelName } from './shadow-comparison.ts'

const modelName = Type.Object({
  name: Type.String(),
  version: Type.String(),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
})

/** The models a site has chosen, stored in the queue so that all processes agree. */
const choiceSchema = Type.Object({
  /** Absent: the one of MODEL_MANIFEST, which may change with an update. */
  active: Type.Optional(modelName),
  shadow: Type.Optional(modelName),
  /** Previously active models, the last one first; null is the one of MODEL_MANIFEST. */
  previous: Type.Array(Type.Union([modelName, Type.Null()])),
  changedAt: Type.String(),
  changedBy: Type.String(),
})
export type ModelChoice = Readonly<Static<typeof choiceSchema>>

/** Name of the mark with the choice. */
export const choiceMark = 'models/choice'

const longestHistory = 20

export const noChoice: ModelChoice = { previous: [], changedAt: '', changedBy: '' }

/** Reads the mark's text; what cannot be read counts as no choice. */
export function parseChoice(text: string | undefined): ModelChoice {
  if (text === undefined) return noChoice
  try {
    const choice: unknown = JSON.parse(text)
    return Value.Check(choiceSchema, choice) ? choice : noChoice
  } catch {
    return noChoice
  }
}

type Change = Pick<ModelChoice, 'changedAt' | 'changedBy'>

function withActive(choice: ModelChoice, active: ModelName | undefined): ModelChoice {
  const { active: _, shadow, ...rest } = choice
  const keepsShadow = shadow !== undefined && shadow.sha256 !== active?.sha256
  return { ...rest, ...(active && { active }), ...(keepsShadow && { shadow }) }
}

/**
 * Sets another active model (undefined: that of the settings); a shadow model that becomes active
 * leaves shadow mode.
 */
export function chooseActive(
  choice: ModelChoice,
  active: ModelName | undefined,
  change: Change,
): ModelChoice {
  const previous = [choice.active ?? null, ...choice.previous].slice(0, longestHistory)
  return { ...withActive(choice, active), ...change, previous }
}

/** The active model before the last change; undefined when there was none. */
export function chooseBefore(choice: ModelChoice, change: Change): ModelChoice | undefined {
  const [before, ...previous] = choice.previous
  if (before === undefined) return undefined
  return { ...withActive(choice, before ?? undefined), ...change, previous }
}

/** A model for shadow mode, or none. */
export function chooseShadow(
  choice: ModelChoice,
  shadow: ModelName | undefined,
  change: Change,
): ModelChoice {
  const { shadow: _, ...rest } = choice
  return { ...rest, ...(shadow && { shadow }), ...change }
}
