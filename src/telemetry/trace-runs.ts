import type { RunJob } from '../queue/run-job.ts'
import { withinJob } from './job-context.ts'
import { inSpan, type Tracing } from './tracing.ts'

/**
 * The same run; each attempt is a span of the job's own trace, and its log lines have the job's id.
 */
export function traceRuns(name: string, run: RunJob, tracing: Tracing): RunJob {
  return (job, runContext) =>
    withinJob(job.id, () =>
      inSpan(
        tracing,
        name,
        {
          'hippovolume.job.id': job.id,
          'hippovolume.job.attempt': job.attempts,
          'hippovolume.job.trigger': job.trigger,
          'hippovolume.orthanc_study.id': job.orthancStudyId,
        },
        () => run(job, runContext),
        { jobId: job.id },
      ),
    )
}
