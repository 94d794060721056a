import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Archive } from '../archive/archive.ts'
import type { DescribedStudy } from '../archive/describe-studies.ts'
import { findMatches } from '../backfill/look-at-study.ts'
import { addDays, type StudyQuery, toDay } from '../backfill/study-query.ts'
import { beginWalk, createStudyWalk, type WalkPlace } from '../backfill/walk-studies.ts'
import type { Job, JobState } from '../queue/job.ts'
import type { JobQuery, JobStore } from '../queue/job-store.ts'
import { describeResult, describeUntouched, type ResultRow } from './result-row.ts'

/** Which results to export. */
export interface ResultsRequest {
  /** Results of these studies, Orthanc identifiers or StudyInstanceUIDs; else of all. */
  readonly studies?: readonly string[] | undefined
  /**
   * Every matching study of the archive, at least one row each: if it was never analysed, its state
   * is `none`. Takes precedence over `studies`.
   */
  readonly query?: StudyQuery | undefined
  readonly states: readonly JobState[]
  /** Also results that a newer one has replaced. */
  readonly superseded: boolean
}

export interface ExportOptions {
  readonly jobs: Pick<JobStore, 'list'>
  readonly archive: Pick<
    Archive,
    'describeStudies' | 'listStudies' | 'resolveStudies' | 'listSeriesDescriptions'
  >
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly signal?: AbortSignal | undefined
}

const pageSize = 100

/** Jobs as the store lists them, page by page, without those created meanwhile. */
async function* listJobs(
  query: Partial<JobQuery>,
  { jobs }: ExportOptions,
): AsyncGenerator<readonly Job[]> {
  let beforePlace: number | undefined
  for (;;) {
    const paging = { beforePlace, isCounted: false, limit: pageSize, offset: 0 }
    const page = await jobs.list({ ...query, ...paging })
    yield page.jobs
    if (page.jobs.length < pageSize) return
    beforePlace = page.lastPlace
    // Let other requests run between two pages.
    await nextTurn()
  }
}

function isWanted({ superseded }: ResultsRequest, job: Job): boolean {
  return superseded || job.supersededByJobId === undefined
}

async function* exportJobs(
  queries: readonly Partial<JobQuery>[],
  request: ResultsRequest,
  options: ExportOptions,
): AsyncGenerator<ResultRow> {
  for (const query of queries) {
    for await (const page of listJobs({ ...query, states: request.states }, options)) {
      const wanted = page.filter((job) => isWanted(request, job))
      const ids = [...new Set(wanted.map(({ orthancStudyId }) => orthancStudyId))]
      const { signal } = options
      const described = await options.archive.describeStudies(ids, { signal })
      const byId = new Map(described.map((study) => [study.orthancStudyId, study]))
      for (const job of wanted) yield describeResult(job, byId.get(job.orthancStudyId))
    }
  }
}

/** The rows of one study: its results, or else the newest job, which gives the reason. */
async function* exportStudy(
  study: DescribedStudy,
  request: ResultsRequest,
  options: ExportOptions,
): AsyncGenerator<ResultRow> {
  const { orthancStudyId } = study
  let newest: Job | undefined
  let results = 0
  for await (const page of listJobs({ orthancStudyId, states: request.states }, options)) {
    newest ??= page[0]
    for (const job of page) {
      if (job.state !== 'succeeded' || !isWanted(request, job)) continue
      results += 1
      yield describeResult(job, study)
    }
  }
  if (results === 0) yield newest ? describeResult(newest, study) : describeUntouched(study)
}

async function* exportQuery(
  query: StudyQuery,
  request: ResultsRequest,
  options: ExportOptions,
): AsyncGenerator<ResultRow> {
  const { archive, signal } = options
  const walk = createStudyWalk({
    query,
    until: addDays(toDay(options.clock()), 1),
    list: (studies) => archive.listStudies(studies, { signal }),
  })
  let place: WalkPlace | undefined = beginWalk(query)
  while (place !== undefined) {
    const page = await walk.read(place, signal)
    for (const { studyInstanceUid } of page?.steps ?? []) {
      for (const study of await findMatches(archive, query, studyInstanceUid, signal)) {
        yield* exportStudy(study, request, options)
      }
    }
    place = page?.next
  }
}

/**
 * Rows of results, one for each: of all, newest first; of given studies; or of all matching studies
 * of the archive, the oldest first. Streams page by page. Studies no longer in the archive have no
 * patient. Throws what queue and archive throw.
 */
export function exportResults(
  request: ResultsRequest,
  options: ExportOptions,
): AsyncGenerator<ResultRow> {
  if (request.query) return exportQuery(request.query, request, options)
  const byStudy = request.studies?.map((study) =>
    study.includes('.') ? { studyInstanceUid: study } : { orthancStudyId: study },
  )
  return exportJobs(byStudy ?? [{}], request, options)
}
