import { Type } from 'typebox'
import { errorRecord } from '../outcome/error-record-schema.ts'
import { outcomeSchema } from '../outcome/outcome-schema.ts'
import { jobStates, jobTriggers } from '../queue/job.ts'

export const orthancIdPattern = '[0-9a-f]{8}(-[0-9a-f]{8}){4}'
/** PS3.5 9.1, but leading zeros are allowed: real archives contain them. */
export const uidPattern = '[0-9]+(\\.[0-9]+)+'

const orthancStudyId = Type.String({
  pattern: `^${orthancIdPattern}$`,
  description: 'Identifier of the study in Orthanc.',
})
const studyInstanceUid = Type.String({ pattern: `^${uidPattern}$`, maxLength: 64 })
const studyId = Type.String({
  pattern: `^(${orthancIdPattern}|${uidPattern})$`,
  maxLength: 64,
  description: 'Orthanc identifier or StudyInstanceUID of a study.',
})
const jobId = Type.String({ pattern: '^[0-9A-Za-z-]{1,64}$' })
const time = Type.String({ format: 'date-time' })

export const jobState = Type.Enum([...jobStates])
export const jobTrigger = Type.Enum([...jobTriggers])

export const stableStudyBody = Type.Object(
  {
    orthancStudyId,
    studyInstanceUid,
    lastUpdate: Type.Optional(
      Type.String({
        pattern: '^[0-9]{8}T[0-9]{6}$',
        description: "The study's LastUpdate metadata in Orthanc.",
      }),
    ),
    noteOnStudy: Type.Optional(
      Type.Boolean({
        description:
          'Asks the service to note the job in the metadata of the study, which the hook cannot overwrite ' +
          'where Orthanc checks revisions.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const acceptedReply = Type.Object(
  { jobId, state: jobState },
  { description: 'The job is stored durably.' },
)

export const jobParams = Type.Object({ id: jobId })
export const studyParams = Type.Object({ id: studyId })

export const runBody = Type.Object(
  {
    force: Type.Optional(
      Type.Boolean({
        description: 'Make a new result, linked to the earlier one, even if nothing changed.',
      }),
    ),
  },
  { additionalProperties: false },
)

/** No control characters, which DICOM does not allow. */
const oneLine = '^[^\\u0000-\\u001f\\u007f\\\\]+$'

export const answerBody = Type.Object(
  {
    answer: Type.Enum(['accepted', 'rejected']),
    reason: Type.Optional(Type.String({ maxLength: 500, pattern: oneLine })),
    reader: Type.Optional(
      Type.String({
        maxLength: 64,
        pattern: oneLine,
        description: 'Who reviewed it, if the token does not say.',
      }),
    ),
  },
  { additionalProperties: false },
)

const studyDate = Type.String({ pattern: '^[0-9]{8}$', description: 'YYYYMMDD, inclusive.' })

export const listQuery = Type.Object(
  {
    state: Type.Optional(Type.Array(jobState, { maxItems: jobStates.length })),
    study: Type.Optional(studyId),
    trigger: Type.Optional(Type.Array(jobTrigger, { maxItems: jobTriggers.length })),
    batch: Type.Optional(
      Type.String({ pattern: '^[0-9A-Za-z-]{1,64}$', description: 'Identifier of a backfill.' }),
    ),
    accession: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'Accession number of the study.' }),
    ),
    studyDateFrom: Type.Optional(studyDate),
    studyDateTo: Type.Optional(studyDate),
    alarm: Type.Optional(
      Type.Enum(['true'], {
        description: 'Only current results with a volume below the alarm percentile.',
      }),
    ),
    unanswered: Type.Optional(
      Type.Enum(['true'], {
        description: 'Only current results that nobody has accepted or rejected.',
      }),
    ),
    order: Type.Optional(
      Type.Enum(['newest', 'percentile'], {
        description: 'percentile: current results that have one, the lowest first.',
      }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    offset: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 }),
  },
  { additionalProperties: false },
)

const link = Type.String({ description: 'Path on this service.' })

export const jobView = Type.Object(
  {
    id: jobId,
    state: jobState,
    orthancStudyId: Type.String(),
    studyInstanceUid: Type.String(),
    trigger: jobTrigger,
    batch: Type.Optional(Type.String({ description: 'The backfill that created the job.' })),
    force: Type.Boolean(),
    runNumber: Type.Integer(),
    createdAt: time,
    analysisStartedAt: Type.Optional(time),
    finishedAt: Type.Optional(time),
    attempts: Type.Integer(),
    nextAttemptAt: Type.Optional(time),
    cancelRequested: Type.Boolean(),
    answer: Type.Optional(
      Type.Object(
        {
          answer: Type.Enum(['accepted', 'rejected']),
          reason: Type.Optional(Type.String()),
          reader: Type.Optional(Type.String()),
          by: Type.String({
            description: 'Role of a shared token, or subject of an access token.',
          }),
          at: time,
        },
        { description: 'The answer of a reader to the result.' },
      ),
    ),
    superseded: Type.Boolean({ description: 'A newer result has replaced this one.' }),
    error: Type.Optional(errorRecord),
    timings: Type.Array(Type.Object({ stage: Type.String(), milliseconds: Type.Number() })),
    links: Type.Object({
      self: link,
      results: Type.Optional(link),
      report: Type.Optional(link),
      predecessor: Type.Optional(link),
      supersededBy: Type.Optional(link),
      viewer: Type.Optional(Type.String({ description: 'The study in the viewer.' })),
    }),
  },
  { title: 'Job' },
)

export const jobListReply = Type.Object({
  jobs: Type.Array(jobView),
  total: Type.Integer(),
  limit: Type.Integer(),
  offset: Type.Integer(),
})

export const resultFacts = Type.Object({
  jobId,
  studyDate: Type.Optional(Type.String({ description: 'YYYYMMDD.' })),
  accessionNumber: Type.Optional(Type.String()),
  seriesNumber: Type.Optional(Type.Integer()),
  seriesDescription: Type.Optional(Type.String()),
  volumes: Type.Array(
    Type.Object({
      side: Type.Enum(['left', 'right', 'unknown']),
      totalMm3: Type.Number(),
      percentile: Type.Optional(Type.Number()),
    }),
  ),
  alarmPercentile: Type.Optional(Type.Number()),
  isAlarm: Type.Boolean({ description: 'A volume is below the alarm percentile.' }),
})

export const resultFactsQuery = Type.Object(
  { job: Type.Array(jobId, { minItems: 1, maxItems: 50 }) },
  { additionalProperties: false },
)

export const resultFactsReply = Type.Object({ results: Type.Array(resultFacts) })

export const resultsReply = Type.Object({ job: jobView, outcome: outcomeSchema })
