import { HippoError } from '../errors.ts'
import type { InstalledModel } from './installed-models.ts'
import type { ModelChoice } from './model-choice.ts'
import type { ModelManagerOptions, ModelPaths } from './model-loader.ts'
import type { ModelName } from './shadow-comparison.ts'

type ResolveOptions = Pick<ModelManagerOptions, 'installed' | 'configuredPath' | 'log'>

function pathOf(models: readonly InstalledModel[], { name, version, sha256 }: ModelName): string {
  const found = models.find((model) => model.sha256 === sha256)
  if (found !== undefined) return found.manifestPath
  throw new HippoError(
    'MODEL_MISSING',
    `The chosen model ${name} ${version} (${sha256.slice(0, 8)}) is no longer installed. Put it back into MODELS_DIR, or choose another: hippovolume models use VERSION --offline.`,
  )
}

/** The manifests of a choice. Throws MODEL_MISSING if a chosen model is no longer installed. */
export async function resolveChoice(
  { installed, configuredPath }: ResolveOptions,
  { active, shadow }: ModelChoice,
): Promise<ModelPaths> {
  if (active === undefined && shadow === undefined) return { active: configuredPath }
  const { models } = await installed()
  return {
    active: active === undefined ? configuredPath : pathOf(models, active),
    ...(shadow && { shadow: pathOf(models, shadow) }),
  }
}

/** The same at the start: a broken shadow model must not keep the service from starting. */
export async function resolveAtStart(
  options: ResolveOptions,
  choice: ModelChoice,
): Promise<ModelPaths> {
  const { shadow: _, ...withoutShadow } = choice
  try {
    return await resolveChoice(options, choice)
  } catch (error) {
    const paths = await resolveChoice(options, withoutShadow)
    options.log.error({ err: error }, 'The model for shadow mode cannot be used.')
    return paths
  }
}
