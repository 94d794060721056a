import type { Archive } from '../archive/archive.ts'
import type { FoundStudy } from '../archive/find-study.ts'
import { toHippoError } from '../errors.ts'
import { fingerprintStudy } from '../outcome/fingerprint.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'
import { mayTryAgain } from './may-try-again.ts'

export interface SweepDependencies {
  readonly archive: Archive
  readonly history: {
    /** Newest jobs of a study, newest first. */
    recentJobs(orthancStudyId: string): Promise<readonly Job[]>
    /** The newest failed jobs; absent if they should not be retried. */
    failedJobs?(): Promise<readonly Job[]>
    readMark(name: string): Promise<string | undefined>
    writeMark(name: string, value: string): Promise<void>
  }
  readonly enqueue: (study: {
    orthancStudyId: string
    studyInstanceUid: string
  }) => Promise<unknown>
  readonly now: () => number
  readonly lookbackMilliseconds: number
  /** Aborted when another process takes over the sweep. */
  readonly signal?: AbortSignal
  readonly log: {
    info(facts: object, message: string): void
    warn(facts: object, message: string): void
  }
}

/**
 * The sweep's position: changes read so far, and studies that are not yet stable or still running.
 */
interface SweepMark {
  readonly since: number
  readonly waiting: readonly string[]
}

const markName = 'sweep'
/** Minimum and maximum wait before retrying a study that failed because of the archive. */
const firstRetryMilliseconds = 300_000
const longestRetryMilliseconds = 86_400_000
const pageSize = 1000
/** Maximum number of pages per run, so that the position is stored even with an endless log. */
const mostPages = 200

async function readMark(dependencies: SweepDependencies): Promise<SweepMark> {
  const text = await dependencies.history.readMark(markName)
  if (text !== undefined) return JSON.parse(text) as SweepMark
  const start = dependencies.now() - dependencies.lookbackMilliseconds
  return { since: await dependencies.archive.findChangeBefore(start), waiting: [] }
}

/** Reads from the mark: the current end of the changes, and every study changed since. */
async function readTouchedStudies(
  archive: Archive,
  mark: SweepMark,
): Promise<{ since: number; studies: Set<string> }> {
  const studies = new Set(mark.waiting)
  let since = mark.since
  for (let pages = 1; ; pages += 1) {
    const page = await archive.readChanges(since, pageSize)
    // Not from StableStudy, which Orthanc does not log for studies received shortly before it
    // stopped.
    const instances = page.changes.filter(({ type }) => type === 'NewInstance')
    const touched = await archive.studiesOf(instances.map(({ orthancId }) => orthancId))
    for (const { orthancStudyId } of touched) studies.add(orthancStudyId)
    since = page.last
    if (page.done || pages === mostPages) return { since, studies }
  }
}

/**
 * Whether a person cancelled the newest job and nothing arrived since: the sweep must not undo
 * that.
 */
function wasCancelled(newest: Job | undefined, study: FoundStudy): boolean {
  if (newest?.state !== 'cancelled') return false
  const asked = new Date(newest.createdAt).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  return study.lastUpdate <= asked // both UTC, YYYYMMDDTHHMMSS
}

/** Enqueues a study if its content is new; returns whether it must be checked again later. */
async function lookAtStudy(
  dependencies: SweepDependencies,
  orthancStudyId: string,
): Promise<'known' | 'enqueued' | 'later'> {
  const { archive, history, enqueue } = dependencies
  const study = await archive.findStudy(orthancStudyId)
  if (!study.isStable) return 'later'
  const jobs = await history.recentJobs(orthancStudyId)
  if (wasCancelled(jobs[0], study)) return 'known'
  if (jobs.some(({ state }) => state === 'queued' || state === 'running')) return 'later'
  const { series } = await archive.readCatalogue(orthancStudyId)
  if (series.every((one) => one.isOwnResult)) return 'known'
  const fingerprint = fingerprintStudy(series)
  const isKnown = jobs.some((job) => outcomeOf(job)?.studyFingerprint === fingerprint)
  if (isKnown) return 'known'
  await enqueue(study)
  return 'enqueued'
}

/**
 * Enqueues studies again whose newest job failed because of the archive: nothing would report them
 * once the archive works again. The wait doubles with each such failure of a study.
 */
async function takeUpFailed({ history, enqueue, now, log }: SweepDependencies): Promise<number> {
  let enqueued = 0
  for (const failed of (await history.failedJobs?.()) ?? []) {
    if (!mayTryAgain(failed)) continue
    const jobs = await history.recentJobs(failed.orthancStudyId)
    if (jobs[0]?.id !== failed.id) continue
    const failures = jobs.findIndex((job) => !mayTryAgain(job))
    const wait = firstRetryMilliseconds * 2 ** ((failures < 0 ? jobs.length : failures) - 1)
    const ended = failed.finishedAt ?? failed.createdAt
    if (now() < ended + Math.min(wait, longestRetryMilliseconds)) continue
    await enqueue(failed)
    enqueued += 1
    const { orthancStudyId, error } = failed
    log.info({ orthancStudyId, code: error?.code }, 'the sweep retries a study that had failed')
  }
  return enqueued
}

/**
 * Finds studies whose event was lost (when Orthanc stops) and enqueues them. Reads Orthanc's
 * changes from the end of the last sweep; a study whose source instances were all seen by an
 * earlier job is skipped, so our own uploads have no effect. Returns the number of enqueued
 * studies.
 */
export async function sweepArchive(dependencies: SweepDependencies): Promise<number> {
  const { history, log } = dependencies
  const { since, studies } = await readTouchedStudies(
    dependencies.archive,
    await readMark(dependencies),
  )
  const waiting: string[] = []
  let enqueued = 0
  for (const orthancStudyId of studies) {
    if (dependencies.signal?.aborted) return enqueued
    try {
      const verdict = await lookAtStudy(dependencies, orthancStudyId)
      if (verdict === 'later') waiting.push(orthancStudyId)
      if (verdict === 'enqueued') {
        enqueued += 1
        log.info({ orthancStudyId }, 'The sweep found a study that the hook had missed.')
      }
    } catch (error) {
      const { code, message } = toHippoError(error, 'catalogue')
      if (code === 'STUDY_NOT_FOUND' || code === 'STUDY_EMPTY') continue
      waiting.push(orthancStudyId)
      log.warn({ orthancStudyId, code }, `The sweep will retry this study: ${message}`)
    }
  }
  await history.writeMark(markName, JSON.stringify({ since, waiting } satisfies SweepMark))
  return enqueued + (await takeUpFailed(dependencies))
}
