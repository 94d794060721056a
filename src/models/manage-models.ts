import { HippoError } from '../errors.ts'
import { requireAcceptance } from './acceptance.ts'
import { findInstalledModel, type InstalledModel } from './installed-models.ts'
import {
  choiceMark,
  chooseActive,
  chooseBefore,
  chooseShadow,
  parseChoice,
} from './model-choice.ts'
import type { ModelLoader, ModelManagerOptions, ModelPaths } from './model-loader.ts'
import type { ModelService } from './model-service.ts'
import { resolveAtStart } from './resolve-choice.ts'
import { showModels } from './show-models.ts'
import { summarizeComparisons } from './summarize-comparisons.ts'
import { createModelSwitch } from './switch-models.ts'

export interface ModelManager {
  /** Manifests to start with. */
  readonly initial: ModelPaths
  /** Connects it to the loader. `follow` applies the choice of other processes of the site. */
  connect(loader: ModelLoader): ModelService & { follow(): Promise<void> }
}

function requireShipped(models: readonly InstalledModel[]): InstalledModel {
  const shipped = models.find(({ origin }) => origin === 'builtin')
  if (shipped !== undefined) return shipped
  throw new HippoError('MODEL_MISSING', 'The shipped model cannot be read.')
}

function connectModels(
  options: ModelManagerOptions,
  loader: ModelLoader,
  seen: string | undefined,
): ModelService & { follow(): Promise<void> } {
  const { installed, configuredPath, comparisons, softwareVersion, clock } = options
  const { current, change, follow } = createModelSwitch(options, loader, seen)

  const view = () => {
    const { choice, problem } = current()
    return showModels(options, loader.loaded(), choice, problem)
  }
  const by = (who: string) => ({ changedAt: new Date(clock()).toISOString(), changedBy: who })
  const isActive = (sha256: string) => loader.loaded()?.active.sha256 === sha256

  return {
    view,
    async use(wanted, who) {
      await change(async (stored) => {
        const { models } = await installed()
        const model = findInstalledModel(models, wanted)
        await requireAcceptance(model, requireShipped(models), softwareVersion)
        const { name, version, sha256 } = model
        if (isActive(sha256)) return undefined
        const isConfigured = model.manifestPath === configuredPath
        const active = isConfigured ? undefined : { name, version, sha256 }
        return chooseActive(stored, active, by(who))
      })
      return view()
    },
    async rollBack(who) {
      await change(async (stored) => {
        const before = chooseBefore(stored, by(who))
        if (before !== undefined) return before
        throw new HippoError('MODEL_UNKNOWN', 'No other model was in use before.')
      })
      return view()
    },
    async shadow(wanted, who) {
      await change(async (stored) => {
        if (wanted === undefined) return chooseShadow(stored, undefined, by(who))
        const { name, version, sha256 } = findInstalledModel((await installed()).models, wanted)
        if (!isActive(sha256)) return chooseShadow(stored, { name, version, sha256 }, by(who))
        throw new HippoError(
          'REQUEST_INVALID',
          `The model ${name} ${version} is the one in use; it cannot run in shadow mode as well.`,
        )
      })
      return view()
    },
    async compare() {
      const { active, shadow } = loader.loaded() ?? {}
      if (active === undefined || shadow === undefined) {
        return summarizeComparisons(await comparisons.readLatest())
      }
      return summarizeComparisons(await comparisons.read(active, shadow))
    },
    follow,
  }
}

/**
 * Manages the active model and the one in shadow mode. The choice is durable in the queue's store,
 * survives restarts and applies to all processes of a site. Throws MODEL_MISSING if the chosen
 * model is no longer installed: switching automatically would be a different method.
 */
export async function manageModels(options: ModelManagerOptions): Promise<ModelManager> {
  // An unreadable folder is reported at the start.
  await options.installed()
  const seen = await options.marks.readMark(choiceMark)
  const initial = await resolveAtStart(options, parseChoice(seen))
  return { initial, connect: (loader) => connectModels(options, loader, seen) }
}
