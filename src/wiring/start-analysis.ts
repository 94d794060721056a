import { type AnalysisHost, startAnalysisHost } from '../analysis/analysis-host.ts'
import type { StudyToMeasure } from '../history/comparison.ts'
import type { Metrics } from '../http/metrics.ts'
import type { ModelService } from '../models/model-service.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { siblingProgram } from '../threads/sibling-program.ts'
import { runPeriodically } from '../upkeep/run-periodically.ts'
import type { ServiceContext } from './service-context.ts'
import { startModels } from './start-models.ts'
import type { StartedQueue } from './start-queue.ts'

export interface StartedAnalysis {
  readonly analysis: AnalysisHost
  readonly models: ModelService
}

const followEveryMilliseconds = 5_000

/**
 * Starts the analysis process with the active models, and follows changes of the choice. The
 * process reads the same environment as the config was read from. Throws MODEL_MISSING and the
 * like.
 */
export async function startAnalysis(
  { config, log, clock, closers }: ServiceContext,
  { store, history }: StartedQueue,
  tracing: Tracing,
  metrics: Metrics,
  requestMeasurement: (study: StudyToMeasure) => Promise<void>,
): Promise<StartedAnalysis> {
  const models = await startModels(config, store, clock, log)
  const analysis = await startAnalysisHost({
    program: siblingProgram(import.meta.url, '../analysis'),
    history,
    models: models.initial,
    tracing,
    onShadow: (comparison) => {
      models.keepComparison(comparison)
      metrics.observeShadow(comparison)
    },
    requestMeasurement,
    timeLimitMilliseconds: config.ANALYSIS_TIMEOUT_SECONDS * 1000,
    log,
  })
  closers.add(() => analysis.close())
  const modelService = models.connect(analysis)
  const following = runPeriodically(modelService.follow, followEveryMilliseconds, (error) =>
    log.warn({ err: error }, 'The selected model could not be read; it will be retried.'),
  )
  closers.add(() => following.stop())
  return { analysis, models: modelService }
}
