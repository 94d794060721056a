import { type ErrorRecord, HippoError, recordError, reviveError, toHippoError } from '../errors.ts'
import { choiceMark, type ModelChoice, parseChoice } from './model-choice.ts'
import type { ModelLoader, ModelManagerOptions } from './model-loader.ts'
import { resolveChoice } from './resolve-choice.ts'

/** Wait before a choice that could not be applied is retried. */
const patienceMilliseconds = 60_000

/** Loads and stores choices of models, one change at a time. */
export interface ModelSwitch {
  /** The current choice, and why it is not applied, if so. */
  current(): { readonly choice: ModelChoice; readonly problem: ErrorRecord | undefined }
  /** Makes a choice of the stored one, loads its models and stores it; undefined changes nothing. */
  change(next: (stored: ModelChoice) => Promise<ModelChoice | undefined>): Promise<void>
  /** Applies the choice of other processes of the site. */
  follow(): Promise<void>
}

/** `seen` is the text of the mark that holds the choice at the start. */
export function createModelSwitch(
  options: ModelManagerOptions,
  loader: ModelLoader,
  seen: string | undefined,
): ModelSwitch {
  const { marks, clock, log } = options
  let known = seen
  let choice = parseChoice(seen)
  let problem: ErrorRecord | undefined
  let notBefore = 0
  let last: Promise<unknown> = Promise.resolve()

  function inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const answer = last.then(work)
    last = answer.catch(() => undefined)
    return answer
  }

  async function store(text: string): Promise<void> {
    if (await marks.swapMark(choiceMark, known, text)) return
    throw new HippoError(
      'QUEUE_UNAVAILABLE',
      'Someone else switched the model at the same time. Check the current model and try again.',
    )
  }

  /** Loads the models of a choice, then stores it; undoes the loading if storing fails. */
  async function apply(next: ModelChoice): Promise<void> {
    const before = choice
    const paths = await resolveChoice(options, next)
    const undo = async () => void (await loader.reload(await resolveChoice(options, before)))
    const { shadowError } = await loader.reload(paths)
    if (shadowError !== undefined && next.shadow?.sha256 !== before.shadow?.sha256) {
      await undo()
      throw reviveError(shadowError)
    }
    const text = JSON.stringify(next)
    try {
      await store(text)
    } catch (error) {
      await undo()
      throw error
    }
    known = text
    choice = next
    problem = undefined
    const { active, shadow, changedBy } = next
    log.info({ active, shadow, changedBy }, 'The selected models have changed.')
  }

  async function followMark(): Promise<void> {
    const text = await marks.readMark(choiceMark)
    if (text === known && (problem === undefined || clock() < notBefore)) return
    try {
      const next = parseChoice(text)
      await loader.reload(await resolveChoice(options, next))
      choice = next
      problem = undefined
      const { active, shadow } = next
      log.info({ active, shadow }, 'The selected models have changed.')
    } catch (error) {
      problem = recordError(toHippoError(error, 'startup'))
      notBefore = clock() + patienceMilliseconds
      log.error({ err: error }, 'The selected model cannot be used; the previous one stays active.')
    }
    known = text
  }

  return {
    current: () => ({ choice, problem }),
    change: (makeNext) =>
      inTurn(async () => {
        known = await marks.readMark(choiceMark)
        choice = parseChoice(known)
        const next = await makeNext(choice)
        if (next !== undefined) await apply(next)
      }),
    follow: () => inTurn(followMark),
  }
}
