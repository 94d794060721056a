import type { ErrorRecord } from '../errors.ts'
import { isAccepted } from './acceptance.ts'
import type { ModelChoice } from './model-choice.ts'
import type { ModelLoader, ModelManagerOptions } from './model-loader.ts'
import type { ModelsView } from './model-service.ts'

/** The installed and loaded models, and why this process uses others than the chosen ones. */
export async function showModels(
  { installed, softwareVersion }: Pick<ModelManagerOptions, 'installed' | 'softwareVersion'>,
  loaded: ReturnType<ModelLoader['loaded']>,
  { changedAt, changedBy }: ModelChoice,
  problem: ErrorRecord | undefined,
): Promise<ModelsView> {
  const { models, unusable } = await installed()
  const shipped = models.find(({ origin }) => origin === 'builtin')
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
