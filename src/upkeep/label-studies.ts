import type { Archive } from '../archive/archive.ts'
import type { LabelChange } from '../archive/label-study.ts'
import { type ErrorCode, toHippoError } from '../errors.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import { summarize } from '../outcome/summarize.ts'
import type { Job } from '../queue/job.ts'

/** The labels of this service: what the newest job found, for whoever lists studies in Orthanc. */
export const studyLabels = {
  measured: 'hippovolume-measured',
  rejected: 'hippovolume-rejected',
  small: 'hippovolume-small',
  review: 'hippovolume-review',
} as const

/** Endings of studies that were never meant to be measured: they are not labelled. */
const nothingToMeasure: readonly ErrorCode[] = [
  'NO_MEASURABLE_SERIES',
  'STUDY_NOT_FOUND',
  'STUDY_MISMATCH',
  'STUDY_AMBIGUOUS',
  'STUDY_EMPTY',
]

/** What is known of a job when it has ended. */
export type EndedJob = Pick<Job, 'state' | 'answer'> & {
  readonly outcome?: unknown
  readonly error?: Job['error']
}

/**
 * How the labels of a study change when a job has ended (pure); undefined where they stay as they are. A
 * result is measured, small where a volume lies under the alarm percentile, and to be reviewed while it has
 * warnings and nobody has accepted it. A failed job says nothing of an earlier result.
 */
export function labelsAfter(job: EndedJob): LabelChange | undefined {
  const { state, answer, error } = job
  const replaceAll = (add: readonly string[]) => ({
    add,
    remove: Object.values(studyLabels).filter((label) => !add.includes(label)),
  })
  const { result, rejection } = outcomeOf(job) ?? {}
  switch (state) {
    case 'succeeded':
    case 'unchanged': {
      if (result === undefined) return rejection && replaceAll([studyLabels.rejected])
      if (answer?.answer === 'rejected') return replaceAll([studyLabels.rejected])
      const isOpen = result.verdict === 'warning' && answer?.answer !== 'accepted'
      return replaceAll([
        studyLabels.measured,
        ...(summarize(result).isAlarm ? [studyLabels.small] : []),
        ...(isOpen ? [studyLabels.review] : []),
      ])
    }
    case 'rejected':
      if (error && nothingToMeasure.includes(error.code)) return undefined
      return replaceAll([studyLabels.rejected])
    case 'failed':
      return { add: [studyLabels.review], remove: [] }
    default:
      return undefined
  }
}

export interface LabellingOptions {
  readonly archive: Pick<Archive, 'labelStudy'>
  readonly findJob: (jobId: string) => Promise<Job | undefined>
  readonly log: { warn(facts: object, message: string): void }
}

export interface Labelling {
  /** Notes that a job has ended or its result was answered; the study is labelled soon after. Never throws. */
  note(orthancStudyId: string, job: EndedJob & Pick<Job, 'predecessorJobId'>): void
  /** Resolves when everything noted so far was labelled. */
  settle(): Promise<void>
}

/**
 * Labels studies one after another, in the order in which their jobs ended. An archive that does not let us
 * costs a line in the log and nothing else: the job has ended by then.
 */
export function createLabelling({ archive, findJob, log }: LabellingOptions): Labelling {
  let last = Promise.resolve()

  async function label(orthancStudyId: string, job: Parameters<Labelling['note']>[1]) {
    // A result found again keeps what a reader said of it.
    const isFoundAgain = job.state === 'unchanged' && job.predecessorJobId !== undefined
    const answered = isFoundAgain ? await findJob(job.predecessorJobId) : undefined
    const change = labelsAfter({ ...job, answer: job.answer ?? answered?.answer })
    if (change) await archive.labelStudy(orthancStudyId, change)
  }

  return {
    note(orthancStudyId, job) {
      last = last
        .then(() => label(orthancStudyId, job))
        .catch((error: unknown) => {
          const { code } = toHippoError(error, 'store')
          log.warn({ orthancStudyId, code }, 'The study could not be labelled.')
        })
    },
    settle: () => last,
  }
}

/** Labelling that is switched off. */
export const noLabelling: Labelling = { note() {}, settle: async () => {} }
