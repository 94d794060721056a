import type { Archive } from '../archive/archive.ts'
import type { Metrics } from '../http/metrics.ts'
import type { OutageWatch } from '../queue/outage-watch.ts'
import type { RunJob } from '../queue/run-job.ts'
import { startWorkers, type Workers } from '../queue/worker-loop.ts'
import { traceRuns } from '../telemetry/trace-runs.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import { createForwarding } from '../upkeep/forward-results.ts'
import type { Labelling } from '../upkeep/label-studies.ts'
import { type DiskWatch, holdBack } from '../upkeep/watch-disk.ts'
import type { Closers } from './closers.ts'
import { listForwardTargets } from './open-archive.ts'
import { openMessages } from './open-messages.ts'
import type { ServiceContext } from './service-context.ts'
import type { StartedQueue } from './start-queue.ts'

/** Longest time Orthanc may take to forward one instance. */
const transferMinutes = 10
const forwardingConcurrency = 2

export interface WorkerParts {
  readonly queue: StartedQueue
  readonly archive: Archive
  readonly tracing: Tracing
  readonly metrics: Metrics
  readonly disk: DiskWatch
  readonly outages: OutageWatch
  readonly labelling: Labelling
  /** Whether the analysis process is there to take a job. */
  readonly isAnalysing: () => boolean
  /** The work of one job. */
  readonly run: RunJob
}

function startForwarding(
  { config, log, clock }: ServiceContext,
  { queue, archive, tracing, metrics }: WorkerParts,
  shared: ReturnType<typeof shareOptions>,
): Workers {
  const { followUps } = queue.store
  const forward = createForwarding({
    archive,
    targets: listForwardTargets(config),
    messages: openMessages(archive, config),
    maximumAttempts: config.FORWARD_MAX_ATTEMPTS,
    transferMilliseconds: transferMinutes * 60_000,
    clock,
    keep: (job, outcome) => followUps.recordOutcome(job.id, job.leaseOwner ?? '', outcome),
    onSettled: (job, forwarded) => {
      metrics.observeForwarded(forwarded)
      const { target, kind, state, error } = forwarded
      log.info({ jobId: job.id, target, kind, state, error }, 'Forwarding of results has ended.')
    },
  })
  return startWorkers({
    ...shared,
    store: followUps,
    run: traceRuns('forward', forward, tracing),
    concurrency: forwardingConcurrency,
    // The run counts attempts itself, because each target fails separately.
    retry: { ...shared.retry, maximumAttempts: Number.POSITIVE_INFINITY },
    log: log.child({ work: 'forwarding' }),
    onRetry: (_job, { code }) => metrics.observeRetry('forwarding', code),
  })
}

function shareOptions({ config, clock }: ServiceContext, owner: string) {
  return {
    owner,
    leaseMilliseconds: config.LEASE_SECONDS * 1000,
    retry: {
      maximumAttempts: config.MAX_ATTEMPTS,
      baseMilliseconds: config.RETRY_BASE_SECONDS * 1000,
      maximumMilliseconds: config.RETRY_MAX_SECONDS * 1000,
    },
    clock,
    random: Math.random,
  }
}

/** Starts the workers that run jobs and those that forward results; returns the former. */
export function startJobWorkers(
  context: ServiceContext,
  parts: WorkerParts,
  closers: Pick<Closers, 'add'>,
): Workers {
  const { config, log } = context
  const { queue, tracing, metrics, disk, outages, labelling, isAnalysing } = parts
  const mayClaim = async () => isAnalysing() && (await disk.hasRoom()) && (await outages.mayClaim())
  const shared = shareOptions(context, queue.owner)
  const forwarding = startForwarding(context, parts, shared)
  closers.add(() => forwarding.stop())
  const workers = startWorkers({
    ...shared,
    store: holdBack(queue.store, mayClaim),
    run: traceRuns('job', parts.run, tracing),
    concurrency: config.WORKER_CONCURRENCY,
    log,
    isOutage: outages.isOutage,
    onFinished: (job, ending, timings) => {
      if (ending.state !== 'cancelled') outages.noteSuccess()
      labelling.note(job.orthancStudyId, {
        predecessorJobId: undefined,
        answer: undefined,
        ...ending,
      })
      if ('followUp' in ending && ending.followUp) forwarding.wake()
      metrics.observeJob(job, ending, timings)
    },
    onRetry: (_job, { code }) => metrics.observeRetry('analysis', code),
  })
  closers.add(() => workers.stop())
  return workers
}
