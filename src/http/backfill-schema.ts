import { Type } from 'typebox'
import { errorRecord } from '../outcome/error-record-schema.ts'
import { jobState } from './schemas.ts'

const day = (what: string) =>
  Type.String({
    pattern: '^[0-9]{4}-?[0-9]{2}-?[0-9]{2}$',
    description: `${what} StudyDate, inclusive; YYYY-MM-DD (YYYYMMDD is accepted, too).`,
  })
/** Characters of LO without the backslash, which separates values in DICOM. */
const plainText = '^[^\\\\\\u0000-\\u001f\\u007f]+$'

export const studyQuery = Type.Object(
  {
    from: Type.Optional(day('First')),
    to: Type.Optional(day('Last')),
    descriptions: Type.Optional(
      Type.Array(Type.String({ pattern: plainText, maxLength: 64 }), {
        minItems: 1,
        maxItems: 50,
        description:
          'At least one of these must match the description of the study or of one of its series; ' +
          'case is ignored, * stands for any characters, ? for any single one.',
      }),
    ),
    patientIds: Type.Optional(
      Type.Array(Type.String({ pattern: plainText, maxLength: 64 }), {
        minItems: 1,
        maxItems: 2000,
        description: 'Patient IDs, without wildcards.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Studies with MR images that match all given fields; all of them if empty.',
  },
)

const { patientIds: _, ...queryWithoutPatients } = studyQuery.properties

/** A query as shown to users: without its patients. */
const queryTold = Type.Object(
  {
    ...queryWithoutPatients,
    patientCount: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Number of patient IDs given.' }),
    ),
  },
  { additionalProperties: false },
)

export const backfillBody = Type.Object(
  {
    query: studyQuery,
    ratePerMinute: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 6000,
        default: 30,
        description: 'Maximum number of jobs stored per minute.',
      }),
    ),
  },
  { additionalProperties: false },
)

const count = (description: string) => Type.Integer({ minimum: 0, description })
const time = Type.String({ format: 'date-time' })
const backfillId = Type.String({ pattern: '^[0-9A-Za-z-]{1,64}$' })

export const backfillParams = Type.Object({ id: backfillId })

export const backfillView = Type.Object(
  {
    id: backfillId,
    state: Type.Enum(['running', 'paused', 'finished', 'cancelled', 'failed']),
    createdAt: time,
    createdBy: Type.String(),
    finishedAt: Type.Optional(time),
    query: queryTold,
    ratePerMinute: Type.Number(),
    total: Type.Optional(
      count('Studies that match the query or have not been checked yet, as far as known.'),
    ),
    looked: count('Studies of the archive that were checked.'),
    found: count('Those that match the query.'),
    passedOver: count(
      'Found studies that need no analysis: they have a valid result or a queued job, or images are still arriving.',
    ),
    enqueued: count('Found studies for which a job was stored.'),
    ended: count('Found studies that are done: skipped, or their job has ended.'),
    counts: Type.Record(jobState, Type.Integer({ minimum: 0 }), {
      description: 'Its jobs by state, without those removed by housekeeping.',
    }),
    secondsLeft: Type.Optional(count('Estimated from the rate so far.')),
    error: Type.Optional(errorRecord),
  },
  { title: 'Backfill' },
)

export const backfillListReply = Type.Object({ backfills: Type.Array(backfillView) })
