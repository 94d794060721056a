import { Type } from 'typebox'
import { errorRecord } from '../outcome/error-record-schema.ts'
import { jobState } from './schemas.ts'

const day = (what: string) =>
  Type.String({
    pattern: '^[0-9]{4}-?[0-9]{2}-?[0-9]{2}$',
    description: `${what} StudyDate, included; YYYY-MM-DD (YYYYMMDD is taken, too).`,
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
          'One of these has to occur in the description of the study or of one of its series; ' +
          'case does not count, * stands for any characters, ? for any one.',
      }),
    ),
    patientIds: Type.Optional(
      Type.Array(Type.String({ pattern: plainText, maxLength: 64 }), {
        minItems: 1,
        maxItems: 2000,
        description: 'Patient IDs, meant as they are.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Studies with MR images that fit everything given; all of them when empty.',
  },
)

const { patientIds: _, ...queryWithoutPatients } = studyQuery.properties

/** What a query asked for, as it is told: the persons in it are hidden from observers. */
const queryTold = Type.Object(
  {
    ...queryWithoutPatients,
    patientCount: Type.Optional(
      Type.Integer({ minimum: 1, description: 'How many patient IDs were given.' }),
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
        description: 'Jobs stored a minute, at most.',
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
      count('Studies it is about, as far as known: not yet looked at, or found to fit.'),
    ),
    looked: count('Studies of the archive that were looked at.'),
    found: count('Those that fit the query.'),
    passedOver: count(
      'Found studies that need no analysis: they have a valid result or a queued job, or images are still arriving.',
    ),
    enqueued: count('Found ones for which a job was stored.'),
    ended: count('Found studies that are done: skipped, or their job has ended.'),
    counts: Type.Record(jobState, Type.Integer({ minimum: 0 }), {
      description: 'Its jobs by state, without those that housekeeping removed.',
    }),
    secondsLeft: Type.Optional(count('At the pace so far.')),
    error: Type.Optional(errorRecord),
  },
  { title: 'Backfill' },
)

export const backfillListReply = Type.Object({ backfills: Type.Array(backfillView) })
