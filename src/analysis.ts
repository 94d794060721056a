// The analysis process: everything of a job that takes time or native code. Started by the service, which
// keeps the queue and the API; it ends when the connection to the service does.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { ModelPaths } from './analysis/analysis-calls.ts'
import { serveAnalysis } from './analysis/serve-analysis.ts'
import { readConfig } from './config.ts'
import { type ErrorRecord, recordError, toHippoError } from './errors.ts'
import { createSegmenter } from './inference/segmenter.ts'
import { createLocalizer } from './localization/localizer.ts'
import { createShadowModel, nameModel, type ShadowModel } from './measuring/shadow-model.ts'
import { openReportFiles } from './outcome/report-files.ts'
import { createStudyAnalysis } from './pipeline/analyze-study.ts'
import type { RunJob } from './queue/run-job.ts'
import { software } from './software.ts'
import { jobOfLine } from './telemetry/job-context.ts'
import { traceArchive } from './telemetry/trace-archive.ts'
import { noTracing } from './telemetry/tracing.ts'
import { freeBuffers } from './threads/free-buffers.ts'
import { listForwardTargets, openArchive } from './wiring/open-archive.ts'
import { openNorms } from './wiring/open-norms.ts'
import { openSeriesRules } from './wiring/open-series-rules.ts'
import { resolveManifest } from './wiring/shipped-model.ts'
import { startTracing } from './wiring/start-tracing.ts'

// A Ctrl-C reaches the whole process group: the service decides when this process may end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
// Not process.exit: it would destroy the session while its thread still computes, which aborts the
// process.
process.on('disconnect', async () => {
  await Promise.race([tracing.close(), sleep(1_000)]).catch(() => undefined)
  process.kill(process.pid, 'SIGKILL')
})

/** Manifests that the host names; without it those of the settings. */
const named =
  process.argv[2] === undefined ? undefined : (JSON.parse(process.argv[2]) as ModelPaths)

let shadow: ShadowModel | undefined
let tracing = noTracing

/**
 * Runs the second model, and frees a job's buffers; the host starts this process with --expose-gc.
 */
async function tidyUp(): Promise<void> {
  await shadow?.run()
  freeBuffers()
}

await serveAnalysis(
  process,
  async (history, requestMeasurement, recordShadow) => {
    const config = readConfig(process.env)
    const log = pino({
      base: { service: software.name, version: software.version, process: 'analysis' },
      timestamp: pino.stdTimeFunctions.isoTime,
      level: config.LOG_LEVEL,
      mixin: jobOfLine,
    })
    tracing = await startTracing(config, 'analysis')
    const threads = config.INFERENCE_THREADS
    // Side by side: each starts a thread of its own.
    const [segmenter, localizer] = await Promise.all([
      createSegmenter({
        manifestPath: named?.active ?? resolveManifest(config.MODEL_MANIFEST),
        threads,
        log,
      }),
      createLocalizer({ log }),
    ])
    const active = nameModel(segmenter.manifest)
    let shadowError: ErrorRecord | undefined
    if (named?.shadow !== undefined) {
      try {
        shadow = createShadowModel({
          segmenter: await createSegmenter({ manifestPath: named.shadow, threads, log }),
          active,
          tell: recordShadow,
          clock: () => Date.now(),
          monotonicClock: () => performance.now(),
          log,
          tracing,
        })
      } catch (error) {
        // The model in use does not depend on it.
        shadowError = recordError(toHippoError(error, 'startup'))
        log.error({ err: error }, 'The model for shadow mode cannot be used.')
      }
    }
    const files = await openReportFiles(join(config.DATA_DIR, 'reports'))
    const analyze = createStudyAnalysis({
      archive: traceArchive(openArchive(config), tracing),
      tools: { segmenter, localizer },
      history,
      rules: {
        seriesDescription: config.SERIES_DESCRIPTION,
        maximumSliceSpacing: config.MAX_SLICE_SPACING_MM,
        minimumInstances: 10,
        preferred: config.PREFERRED_SERIES,
        contrastEnhanced: config.CONTRAST_ENHANCED,
        series: openSeriesRules(config.SERIES_RULES),
      },
      norms: openNorms(config.NORMS_FILE, config.ALARM_PERCENTILE),
      settings: {
        drawIdentity: config.REPORT_PATIENT_IDENTITY,
        drawStudy: config.REPORT_STUDY_IDENTITY,
        timeZone: config.SITE_TIME_ZONE ?? (process.env.TZ || undefined),
        language: config.REPORT_LANGUAGE,
        reportPdf: config.REPORT_PDF,
        reportRejected: config.REPORT_REJECTED,
        maximumSeriesBytes: config.MAX_SERIES_BYTES,
        maximumEarlierStudies: config.HISTORY ? config.HISTORY_MAX_STUDIES : 0,
      },
      requestMeasurement,
      software,
      keepReport: files.write,
      forwardTargets: listForwardTargets(config),
      clock: () => Date.now(),
      monotonicClock: () => performance.now(),
      shadow,
      tracing,
    })
    const run: RunJob = async (job, context) => {
      await shadow?.idle()
      return analyze(job, context)
    }
    return { run, models: { active, shadow: shadow?.model, shadowError }, tracing }
  },
  () => void tidyUp(),
)
