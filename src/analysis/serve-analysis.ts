import { createBirpc } from 'birpc'
import { HippoError, recordError, reviveError, toHippoError } from '../errors.ts'
import type { StudyToMeasure } from '../history/comparison.ts'
import type { ShadowComparison } from '../models/shadow-comparison.ts'
import type { StudyHistory } from '../outcome/study-history.ts'
import type { RunContext, RunJob } from '../queue/run-job.ts'
import { renderSupersededPage } from '../report/superseded-page.ts'
import { withinJob } from '../telemetry/job-context.ts'
import { inSpan, noTracing, type Tracing } from '../telemetry/tracing.ts'
import {
  type AnalysisCalls,
  type HostCalls,
  hostEvents,
  type LoadedModels,
} from './analysis-calls.ts'

/** What the analysis process needs from its connection to the host. */
export interface PreparedAnalysis {
  readonly run: RunJob
  readonly models: LoadedModels
  readonly tracing?: Tracing | undefined
}

/**
 * The analysis process's side: prepares once, reports whether it is ready, then runs requests.
 * `prepare` gets the history provided by the host, a function that requests the measurement of a
 * study, and one that reports a comparison of two models; `afterRun` is called after each run, once
 * its reply has been sent. Errors are passed as records.
 */
export async function serveAnalysis(
  channel: NodeJS.Process,
  prepare: (
    history: StudyHistory,
    requestMeasurement: (study: StudyToMeasure) => Promise<void>,
    recordShadow: (comparison: ShadowComparison) => void,
  ) => Promise<PreparedAnalysis>,
  afterRun: () => void = () => undefined,
): Promise<void> {
  const running = new Map<string, AbortController>()
  let prepared: PreparedAnalysis | undefined

  const host = createBirpc<HostCalls, AnalysisCalls>(
    {
      async run(job, traceparent) {
        const controller = new AbortController()
        running.set(job.id, controller)
        try {
          if (prepared === undefined) throw new HippoError('ANALYSIS_CRASHED', 'Not ready yet.')
          const { run, tracing = noTracing } = prepared
          const context: RunContext = {
            signal: controller.signal,
            async assignRunNumber(runNumber) {
              const settled = await host.assignRunNumber(job.id, runNumber)
              if ('error' in settled) throw reviveError(settled.error)
            },
            recordStage: (timing) => void host.recordStage.asEvent(job.id, timing),
            recordOutcome: (outcome) => void host.recordOutcome.asEvent(job.id, outcome),
          }
          const facts = { 'hippovolume.job.id': job.id }
          const value = await withinJob(job.id, () =>
            inSpan(tracing, 'analysis', facts, () => run(job, context), { parent: traceparent }),
          )
          return { value }
        } catch (error) {
          return { error: recordError(toHippoError(error, 'queue')) }
        } finally {
          running.delete(job.id)
          setImmediate(afterRun)
        }
      },
      abort: (jobId, reason) => running.get(jobId)?.abort(reviveError(reason)),
      markSuperseded: (png, note) => renderSupersededPage(png, note),
    },
    {
      // A host that has exited cannot receive the reply; this process then exits.
      post: (message) => void (channel.connected && channel.send?.(message, () => undefined)),
      on: (listener) => void channel.on('message', listener),
      eventNames: [...hostEvents],
      timeout: -1,
    },
  )
  try {
    prepared = await prepare(
      {
        recentJobs: (id) => host.recentJobs(id),
        succeededJobs: (id) => host.succeededJobs(id),
      },
      async (study) => {
        const settled = await host.requestMeasurement(study)
        if ('error' in settled) throw reviveError(settled.error)
      },
      (comparison) => void host.recordShadow.asEvent(comparison),
    )
    await host.ready.asEvent(prepared.models)
  } catch (error) {
    await host.unusable.asEvent(recordError(toHippoError(error, 'startup')))
  }
}
