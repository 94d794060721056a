import { type ErrorRecord, HippoError, recordError, reviveError, toHippoError } from '../errors.ts'
import { isAccepted, requireAcceptance } from './acceptance.ts'
import type { ComparisonLog } from './comparison-log.ts'
import { findInstalledModel, type Installed, type InstalledModel } from './installed-models.ts'
import {
  choiceMark,
  chooseActive,
  chooseBefore,
  chooseShadow,
  type ModelChoice,
  parseChoice,
} from './model-choice.ts'
import type { ModelService, ModelsView } from './model-service.ts'
import type { ModelName } from './shadow-comparison.ts'
import { summarizeComparisons } from './summarize-comparisons.ts'

/** Paths of manifests: of the model that measures, and of one in shadow mode. */
interface Paths {
  readonly active: string
  readonly shadow?: string | undefined
}

/** The loader of models: the host of the analysis process. */
export interface ModelLoader {
  loaded():
    | {
        readonly active: ModelName
        readonly shadow?: ModelName | undefined
        readonly shadowError?: ErrorRecord | undefined
      }
    | undefined
  reload(paths: Paths): Promise<{ readonly shadowError?: ErrorRecord | undefined }>
}

export interface ModelManagerOptions {
  readonly installed: () => Promise<Installed>
  /** Manifest of MODEL_MANIFEST: the active model until another is chosen. */
  readonly configuredPath: string
  readonly marks: {
    readMark(name: string): Promise<string | undefined>
    /** Atomic: false if the mark no longer has the expected value. */
    swapMark(name: string, expected: string | undefined, value: string): Promise<boolean>
  }
  readonly comparisons: ComparisonLog
  readonly softwareVersion: string
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly log: {
    info(facts: object, message: string): void
    error(facts: object, message: string): void
  }
}

export interface ModelManager {
  /** Manifests to start with. */
  readonly initial: Paths
  /** Connects it to the loader. `follow` applies the choice of other processes of the site. */
  connect(loader: ModelLoader): ModelService & { follow(): Promise<void> }
}

/** Wait before a choice that could not be applied is retried. */
const patienceMilliseconds = 60_000

/**
 * Manages the active model and the one in shadow mode. The choice is durable in the queue's store,
 * survives restarts and applies to all processes of a site. Throws MODEL_MISSING if the chosen
 * model is no longer installed: switching automatically would be a different method.
 */
export async function manageModels(options: ModelManagerOptions): Promise<ModelManager> {
  const { installed, configuredPath, marks, comparisons, softwareVersion, clock, log } = options

  function pathOf(models: readonly InstalledModel[], { name, version, sha256 }: ModelName): string {
    const found = models.find((model) => model.sha256 === sha256)
    if (found !== undefined) return found.manifestPath
    throw new HippoError(
      'MODEL_MISSING',
      `The chosen model ${name} ${version} (${sha256.slice(0, 8)}) is no longer installed. Put it back into MODELS_DIR, or choose another: hippovolume models use VERSION --offline.`,
    )
  }

  async function resolve({ active, shadow }: ModelChoice): Promise<Paths> {
    if (active === undefined && shadow === undefined) return { active: configuredPath }
    const { models } = await installed()
    return {
      active: active === undefined ? configuredPath : pathOf(models, active),
      ...(shadow && { shadow: pathOf(models, shadow) }),
    }
  }

  async function resolveAtStart(choice: ModelChoice): Promise<Paths> {
    const { shadow: _, ...withoutShadow } = choice
    try {
      return await resolve(choice)
    } catch (error) {
      // A broken shadow model must not keep the service from starting.
      const paths = await resolve(withoutShadow)
      log.error({ err: error }, 'The model for shadow mode cannot be used.')
      return paths
    }
  }

  // An unreadable folder is reported at the start.
  await installed()
  let seen = await marks.readMark(choiceMark)
  let choice = parseChoice(seen)
  const initial = await resolveAtStart(choice)

  function connect(loader: ModelLoader): ModelService & { follow(): Promise<void> } {
    let problem: ErrorRecord | undefined
    let notBefore = 0
    let last: Promise<unknown> = Promise.resolve()

    /** One change at a time. */
    function inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
      const answer = last.then(work)
      last = answer.catch(() => undefined)
      return answer
    }

    async function readChoice(): Promise<void> {
      seen = await marks.readMark(choiceMark)
      choice = parseChoice(seen)
    }

    /** Loads the models of a choice, then stores it; undoes the loading if storing fails. */
    async function change(next: ModelChoice): Promise<void> {
      const before = choice
      const paths = await resolve(next)
      const undo = async () => void (await loader.reload(await resolve(before)))
      const { shadowError } = await loader.reload(paths)
      if (shadowError !== undefined && next.shadow?.sha256 !== before.shadow?.sha256) {
        await undo()
        throw reviveError(shadowError)
      }
      const text = JSON.stringify(next)
      try {
        if (!(await marks.swapMark(choiceMark, seen, text))) {
          throw new HippoError(
            'QUEUE_UNAVAILABLE',
            'Someone else switched the model at the same time. Check the current model and try again.',
          )
        }
      } catch (error) {
        await undo()
        throw error
      }
      seen = text
      choice = next
      problem = undefined
      const { active, shadow, changedBy } = next
      log.info({ active, shadow, changedBy }, 'The selected models have changed.')
    }

    async function view(): Promise<ModelsView> {
      const { models, unusable } = await installed()
      const shipped = models.find(({ origin }) => origin === 'builtin')
      const loaded = loader.loaded()
      const shown = await Promise.all(
        models.map(async (model) => ({
          name: model.name,
          version: model.version,
          sha256: model.sha256,
          path: model.manifestPath,
          origin: model.origin,
          checked: shipped !== undefined && (await isAccepted(model, shipped, softwareVersion)),
          ...(model.lossSlopes && { lossSlopes: model.lossSlopes }),
        })),
      )
      const { changedAt, changedBy } = choice
      const trouble = problem ?? loaded?.shadowError
      return {
        ...(loaded && { active: loaded.active }),
        ...(loaded?.shadow && { shadow: loaded.shadow }),
        installed: shown,
        unusable: unusable.map(({ manifestPath, error }) => ({ path: manifestPath, error })),
        ...(changedAt !== '' && { changedAt, changedBy }),
        ...(trouble && { problem: trouble }),
      }
    }

    const changeOf = (who: string) => ({
      changedAt: new Date(clock()).toISOString(),
      changedBy: who,
    })

    async function requireShipped(models: readonly InstalledModel[]): Promise<InstalledModel> {
      const shipped = models.find(({ origin }) => origin === 'builtin')
      if (shipped !== undefined) return shipped
      throw new HippoError('MODEL_MISSING', 'The shipped model cannot be read.')
    }

    return {
      view,
      use: (wanted, who) =>
        inTurn(async () => {
          await readChoice()
          const { models } = await installed()
          const model = findInstalledModel(models, wanted)
          await requireAcceptance(model, await requireShipped(models), softwareVersion)
          if (loader.loaded()?.active.sha256 === model.sha256) return view()
          const { name, version, sha256 } = model
          const isConfigured = model.manifestPath === configuredPath
          const active = isConfigured ? undefined : { name, version, sha256 }
          await change(chooseActive(choice, active, changeOf(who)))
          return view()
        }),
      rollBack: (who) =>
        inTurn(async () => {
          await readChoice()
          const before = chooseBefore(choice, changeOf(who))
          if (before === undefined) {
            throw new HippoError('MODEL_UNKNOWN', 'No other model was in use before.')
          }
          await change(before)
          return view()
        }),
      shadow: (wanted, who) =>
        inTurn(async () => {
          await readChoice()
          if (wanted === undefined) {
            await change(chooseShadow(choice, undefined, changeOf(who)))
            return view()
          }
          const { name, version, sha256 } = findInstalledModel((await installed()).models, wanted)
          if (loader.loaded()?.active.sha256 === sha256) {
            throw new HippoError(
              'REQUEST_INVALID',
              `The model ${name} ${version} is the one in use; it cannot run in shadow mode as well.`,
            )
          }
          await change(chooseShadow(choice, { name, version, sha256 }, changeOf(who)))
          return view()
        }),
      async compare() {
        const { active, shadow } = loader.loaded() ?? {}
        if (active === undefined || shadow === undefined) {
          return summarizeComparisons(await comparisons.readLatest())
        }
        return summarizeComparisons(await comparisons.read(active, shadow))
      },
      follow: () =>
        inTurn(async () => {
          const text = await marks.readMark(choiceMark)
          if (text === seen && (problem === undefined || clock() < notBefore)) return
          try {
            const next = parseChoice(text)
            await loader.reload(await resolve(next))
            choice = next
            problem = undefined
            log.info(
              { active: next.active, shadow: next.shadow },
              'The selected models have changed.',
            )
          } catch (error) {
            problem = recordError(toHippoError(error, 'startup'))
            notBefore = clock() + patienceMilliseconds
            log.error(
              { err: error },
              'The selected model cannot be used; the previous one stays active.',
            )
          }
          seen = text
        }),
    }
  }

  return { initial, connect }
}
