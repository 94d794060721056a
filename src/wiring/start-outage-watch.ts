import type { Logger } from 'pino'
import type { AnalysisHost } from '../analysis/analysis-host.ts'
import type { Archive } from '../archive/archive.ts'
import type { Config } from '../config.ts'
import { type OutageWatch, watchOutages } from '../queue/outage-watch.ts'

/** Monitors the archive and the analysis process, which every job needs. */
export function startOutageWatch(
  config: Config,
  archive: Pick<Archive, 'ping'>,
  analysis: Pick<AnalysisHost, 'modelVersion'>,
  log: Logger,
): OutageWatch {
  return watchOutages({
    probe: async () => {
      analysis.modelVersion()
      await archive.ping()
    },
    monotonicClock: () => performance.now(),
    baseMilliseconds: config.RETRY_BASE_SECONDS * 1000,
    maximumMilliseconds: Math.min(60, config.RETRY_MAX_SECONDS) * 1000,
    log,
  })
}
