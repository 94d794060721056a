import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { toHippoError } from '../errors.ts'
import { type ComparisonLog, openComparisonLog } from '../models/comparison-log.ts'
import { watchInstalledModels } from '../models/installed-models.ts'
import { type ModelManager, manageModels } from '../models/manage-models.ts'
import type { ModelManagerOptions } from '../models/model-loader.ts'
import type { ShadowComparison } from '../models/shadow-comparison.ts'
import { software } from '../software.ts'
import { resolveManifest, shippedManifest } from './shipped-model.ts'

/** Paths of models in the settings. */
export function modelPlaces({ MODEL_MANIFEST, MODELS_DIR }: Config) {
  const manifest = resolveManifest(MODEL_MANIFEST)
  return {
    builtin: shippedManifest,
    configured: manifest === shippedManifest ? undefined : manifest,
    folder: MODELS_DIR,
  }
}

export interface StartedModels extends ModelManager {
  /**
   * Stores the comparison with a model in shadow mode; on a full disk only this comparison is lost.
   */
  keepComparison(comparison: ShadowComparison): void
}

/** The site's models by settings and stored choice. */
export async function startModels(
  config: Config,
  marks: ModelManagerOptions['marks'],
  clock: () => number,
  log: Logger,
): Promise<StartedModels> {
  const comparisons: ComparisonLog = openComparisonLog(join(config.DATA_DIR, 'models'))
  const manager = await manageModels({
    installed: watchInstalledModels(modelPlaces(config)),
    configuredPath: resolveManifest(config.MODEL_MANIFEST),
    marks,
    comparisons,
    softwareVersion: software.version,
    clock,
    log,
  })
  return {
    ...manager,
    keepComparison(comparison) {
      comparisons.add(comparison).catch((error: unknown) => {
        const { jobId } = comparison
        const { code, message } = toHippoError(error, 'queue')
        log.error(
          { jobId, code, err: error },
          `A model comparison could not be recorded: ${message}`,
        )
      })
    },
  }
}
