import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorRecord } from '../errors.ts'
import type { ShadowComparison } from '../models/shadow-comparison.ts'
import type { Job, StageTiming } from '../queue/job.ts'
import type { JobEnding, JobStore } from '../queue/job-store.ts'
import { createResultMetrics } from './result-metrics.ts'
import { createShadowMetrics } from './shadow-metrics.ts'

/** Seconds; a stage takes from milliseconds to the length of a slow pull. */
const stageBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const jobBuckets = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200]
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** The outcome of forwarding a result to a target. */
interface ForwardedTo {
  readonly target: string
  readonly kind: string
  readonly state: string
  readonly error?: ErrorRecord | undefined
}

export interface Metrics {
  readonly registry: Registry
  /** Given to the workers as `onFinished`. */
  observeJob(job: Job, ending: JobEnding, timings: readonly StageTiming[]): void
  /** Called by the workers (`onRetry`): an attempt failed and will be retried. */
  observeRetry(work: 'analysis' | 'forwarding', code: string): void
  /** Called by forwarding: a target received a result, or forwarding failed. */
  observeForwarded(forwarded: ForwardedTo): void
  /** Called when a second model in shadow mode has measured a study. */
  observeShadow(comparison: ShadowComparison): void
  observeRequest(method: string, route: string, status: number, seconds: number): void
}

/**
 * A gauge that is computed when metrics are read; a failing queue gives no value and is counted.
 */
function queueGauge(
  registry: Registry,
  failures: Counter,
  options: { name: string; help: string; labelNames?: string[] },
  collect: (gauge: Gauge) => Promise<void>,
): void {
  new Gauge({
    ...options,
    registers: [registry],
    async collect() {
      this.reset()
      try {
        await collect(this as unknown as Gauge)
      } catch {
        if (options.labelNames === undefined) this.set(Number.NaN)
        failures.inc()
      }
    },
  })
}

/**
 * Prometheus metrics of the service, in a separate registry.
 * @param clock epoch milliseconds
 */
export function createMetrics(
  jobs: Pick<JobStore, 'countByState' | 'oldestQueuedAt' | 'followUps'>,
  clock: () => number,
): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const failures = new Counter({
    name: 'hippovolume_queue_read_failures_total',
    help: 'Number of times the queue could not be read for metrics.',
    registers,
  })
  queueGauge(
    registry,
    failures,
    { name: 'hippovolume_jobs', help: 'Jobs by state.', labelNames: ['state'] },
    async (gauge) => {
      const counts = await jobs.countByState()
      for (const [state, count] of Object.entries(counts)) gauge.set({ state }, count)
    },
  )
  queueGauge(
    registry,
    failures,
    { name: 'hippovolume_queue_age_seconds', help: 'Age of the oldest job that is due.' },
    async (gauge) => {
      const now = clock()
      gauge.set(Math.max(0, now - ((await jobs.oldestQueuedAt()) ?? now)) / 1_000)
    },
  )
  queueGauge(
    registry,
    failures,
    { name: 'hippovolume_forwards_pending', help: 'Results that are still to be forwarded.' },
    async (gauge) => gauge.set(await jobs.followUps.count()),
  )
  const forwards = new Counter({
    name: 'hippovolume_forwards_total',
    help: 'Results that a target received (sent) or that could not be forwarded (failed).',
    labelNames: ['target', 'kind', 'state', 'code'],
    registers,
  })
  const stages = new Histogram({
    name: 'hippovolume_stage_duration_seconds',
    help: 'Time a finished job spent in each stage of its last attempt.',
    labelNames: ['stage'],
    buckets: stageBuckets,
    registers,
  })
  const finished = new Counter({
    name: 'hippovolume_jobs_finished_total',
    help: 'Jobs that ended in this process, by state and error code.',
    labelNames: ['state', 'code'],
    registers,
  })
  const retries = new Counter({
    name: 'hippovolume_retries_total',
    help: 'Failed attempts that are retried, by kind of work and error code.',
    labelNames: ['work', 'code'],
    registers,
  })
  const observeOutcome = createResultMetrics(registry)
  const durations = new Histogram({
    name: 'hippovolume_job_duration_seconds',
    help: 'Time from the creation of a job to its end.',
    labelNames: ['state'],
    buckets: jobBuckets,
    registers,
  })
  const requests = new Histogram({
    name: 'hippovolume_http_request_duration_seconds',
    help: 'Time to respond to a request.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers,
  })

  return {
    registry,
    observeJob(job, ending, timings) {
      const { state } = ending
      finished.inc({ state, code: 'error' in ending ? ending.error.code : '' })
      durations.observe({ state }, Math.max(0, clock() - job.createdAt) / 1_000)
      for (const { stage, milliseconds } of timings) {
        stages.observe({ stage }, milliseconds / 1_000)
      }
      observeOutcome(ending)
    },
    observeShadow: createShadowMetrics(registry),
    observeRetry: (work, code) => retries.inc({ work, code }),
    observeForwarded: ({ target, kind, state, error }) =>
      forwards.inc({ target, kind, state, code: error?.code ?? '' }),
    observeRequest: (method, route, status, seconds) =>
      requests.observe({ method, route, status }, seconds),
  }
}
