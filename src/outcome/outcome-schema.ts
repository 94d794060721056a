import { Type } from 'typebox'
import { errorRecord } from './error-record-schema.ts'
import { longitudinalChange } from './longitudinal-schema.ts'

const optionalText = Type.Optional(Type.String())
const uid = Type.String({ description: 'DICOM UID.' })

const verdict = Type.Object(
  {
    seriesInstanceUid: uid,
    seriesNumber: Type.Optional(Type.Integer()),
    seriesDescription: optionalText,
    modality: optionalText,
    instanceCount: Type.Integer(),
    chosen: Type.Boolean(),
    reason: Type.String({ description: 'Code, such as CHOSEN, DERIVED or THICK_SLICES.' }),
    sentence: Type.String(),
  },
  { additionalProperties: true },
)

const volumes = Type.Object(
  {
    side: Type.Enum(['left', 'right', 'unknown']),
    anteriorMm3: Type.Number(),
    posteriorMm3: Type.Number(),
    totalMm3: Type.Number(),
    standardErrorMm3: Type.Optional(
      Type.Object(
        { anterior: Type.Number(), posterior: Type.Number(), total: Type.Number() },
        {
          description:
            'One standard error of each volume relative to manual tracing of the same images: 68 of 100 are ' +
            'within one, 95 within 1.96. Absent if the model does not state it.',
        },
      ),
    ),
  },
  { additionalProperties: true },
)

const sideOfBody = Type.Enum(['left', 'right', 'unknown'])

const temporalHorn = Type.Union(
  [
    Type.Object({
      side: sideOfBody,
      state: Type.Literal('measured'),
      volumeMm3: Type.Number(),
      standardErrorMm3: Type.Number(),
      occupancy: Type.Number({
        description: 'Hippocampus / (hippocampus + temporal horn), 0 to 1.',
      }),
      occupancyStandardError: Type.Number(),
    }),
    Type.Object({
      side: sideOfBody,
      state: Type.Enum(['slit', 'cut'], {
        description: 'slit: too little fluid to measure; cut: it extends beyond the searched box.',
      }),
      sentence: Type.String({ description: 'Why there is no number.' }),
    }),
  ],
  { description: 'The temporal horn next to one hippocampus of a whole head.' },
)

export const storedResult = Type.Object(
  {
    role: Type.Enum(
      ['segmentation', 'measurements', 'report', 'details', 'montage', 'document', 'rejection'],
      {
        description:
          'Segmentation, structured report, page as Secondary Capture, its second page with details, ' +
          'its third with slices, all as PDF, page that says why ' +
          'there are none of these.',
      },
    ),
    sopClassUid: uid,
    sopInstanceUid: uid,
    seriesInstanceUid: uid,
    orthancInstanceId: Type.String(),
  },
  { additionalProperties: true },
)

const changeOverTime = Type.Object(
  {
    timePoints: Type.Array(
      Type.Object(
        {
          studyInstanceUid: uid,
          studyDate: Type.String({ description: 'YYYYMMDD.' }),
          yearsBefore: Type.Number({ description: 'Years before this study; 0 for this study.' }),
          age: Type.Optional(Type.String({ description: 'DICOM AS, such as 061Y.' })),
          volumes: Type.Array(volumes),
          intracranialVolumeMm3: Type.Optional(Type.Number()),
          model: Type.Object({ name: Type.String(), version: Type.String() }),
          softwareVersion: Type.String(),
          scanner: optionalText,
          comparable: Type.Boolean({ description: 'False: shown, but excluded from the rates.' }),
          sentence: Type.Optional(Type.String({ description: 'Why it is not comparable.' })),
        },
        { additionalProperties: true },
      ),
      { description: 'Measured studies of the patient, oldest first; the last is this one.' },
    ),
    rates: Type.Array(
      Type.Object(
        {
          side: Type.Enum(['left', 'right', 'unknown', 'both']),
          percentPerYear: Type.Number({
            description: 'Per cent of the first volume; loss is negative.',
          }),
          lower: Type.Number({ description: '95 % interval, from the error of repeated scans.' }),
          upper: Type.Number(),
          timePoints: Type.Integer(),
          years: Type.Number(),
        },
        { additionalProperties: true },
      ),
    ),
    published: Type.Array(
      Type.Object(
        {
          group: Type.String(),
          percentPerYear: Type.Number(),
          lower: Type.Optional(Type.Number()),
          upper: Type.Optional(Type.Number()),
          source: Type.String(),
        },
        { additionalProperties: true },
      ),
      {
        description:
          'Means of groups at this age; lower and upper are the 95 % interval of the mean, not a range for individuals.',
      },
    ),
    unused: Type.Array(
      Type.Object(
        {
          studyInstanceUid: uid,
          studyDate: Type.String(),
          reason: Type.String({
            description: 'Code, such as IDENTITY_CONTRADICTED, MEASURING or NOT_MEASURABLE.',
          }),
          sentence: Type.String(),
        },
        { additionalProperties: true },
      ),
      { description: 'Earlier studies that could not be used, with the reason.' },
    ),
    sentence: Type.String({ description: 'The finding in plain words; never a diagnosis.' }),
    details: Type.Optional(Type.String({ description: 'Intervals and published averages.' })),
    longitudinal: Type.Optional(longitudinalChange),
  },
  {
    description: 'Comparison with earlier studies at the time of the result.',
    additionalProperties: true,
  },
)

const seriesKind = Type.Enum(['crop', 'head'], {
  description: 'A crop around one hippocampus, or a whole head with both.',
})
const qualityVerdict = Type.Enum(['measured', 'warning', 'rejected'])

const qualityFinding = Type.Object(
  {
    check: Type.String({ description: 'Code of the gate, such as RESOLUTION.' }),
    verdict: qualityVerdict,
    side: Type.Optional(Type.Enum(['left', 'right', 'unknown'])),
    sentence: Type.String(),
    value: Type.Optional(Type.Number()),
    limit: Type.Optional(Type.Number()),
  },
  { additionalProperties: true },
)

const intracranialVolume = Type.Object(
  { mm3: Type.Number(), standardErrorMm3: Type.Number() },
  { description: 'Estimated from the registration to a template.', additionalProperties: true },
)

const interval = Type.Object(
  { value: Type.Number(), low: Type.Number(), high: Type.Number() },
  { description: 'With the ends of its 95 % interval.' },
)

const placedVolume = {
  volumeMm3: Type.Number(),
  expectedMm3: Type.Number(),
  standardDeviationMm3: Type.Number(),
  normalLowMm3: Type.Number({ description: '2.5th percentile.' }),
  normalHighMm3: Type.Number({ description: '97.5th percentile.' }),
  zScore: interval,
  percentile: interval,
  errors: Type.Object(
    {
      calibrationMm3: Type.Number(),
      headSizeMm3: Type.Number(),
      siteMm3: Type.Number(),
      scanMm3: Type.Number(),
    },
    {
      description:
        'The errors that the intervals include, each as one standard error of the volume.',
    },
  ),
}

const norms = Type.Union(
  [
    Type.Object(
      {
        compared: Type.Literal(true),
        normsId: Type.String(),
        source: Type.Object(
          { name: Type.String(), citation: Type.String(), population: Type.String() },
          { additionalProperties: true },
        ),
        calibration: Type.Object(
          {
            people: Type.Integer({ description: 'Healthy people it was fitted to.' }),
            sites: Type.Integer(),
            ages: Type.Object({ minimum: Type.Number(), maximum: Type.Number() }),
            whole: Type.Object(
              {
                ratio: Type.Number({
                  description: "The model's volume relative to that of the norms' method.",
                }),
                spread: Type.Number({
                  description: "Spread among healthy people relative to the norms' own.",
                }),
                siteScatter: Type.Number({
                  description: 'Standard deviation between sites, as a fraction of the volume.',
                }),
              },
              { additionalProperties: true },
            ),
            basis: Type.String(),
          },
          { additionalProperties: true },
        ),
        alarmPercentile: Type.Number({
          description: 'Percentile below which a volume is called small (ALARM_PERCENTILE).',
        }),
        person: Type.Object({}, { additionalProperties: true }),
        sides: Type.Array(
          Type.Object(
            {
              side: Type.Enum(['left', 'right']),
              ...placedVolume,
              standing: Type.Enum(
                ['below', 'probably-below', 'probably-within', 'within', 'above'],
                {
                  description:
                    'Relative to alarmPercentile: below; below with an interval that reaches above; above with an interval that reaches below; within; above the opposite percentile.',
                },
              ),
              parts: Type.Optional(
                Type.Object(
                  { anterior: Type.Object(placedVolume), posterior: Type.Object(placedVolume) },
                  { description: 'Relative to the same people.' },
                ),
              ),
            },
            { additionalProperties: true },
          ),
        ),
      },
      { additionalProperties: true },
    ),
    Type.Object({
      compared: Type.Literal(false),
      sentence: Type.String({ description: 'Why there is no percentile.' }),
    }),
  ],
  { description: 'Relative to people of the same age, sex and head size (docs/norms.md).' },
)

const asymmetry = Type.Object(
  {
    indexPercent: Type.Number({ description: '(L - R) / ((L + R) / 2), %.' }),
    anteriorPercent: Type.Number(),
    posteriorPercent: Type.Number(),
    expectedPercent: Type.Optional(Type.Number({ description: 'What the norms expect.' })),
    isUsual: Type.Optional(
      Type.Boolean({ description: 'Within the narrowest limit of the reference.' }),
    ),
  },
  { description: 'Present if both sides were measured.', additionalProperties: true },
)

const impression = Type.Object(
  {
    text: Type.String({ description: 'Sentences to paste into a report; never a diagnosis.' }),
    language: Type.Object({
      code: Type.String({ description: 'RFC 5646, such as de-DE.' }),
      name: Type.String({ description: 'In English.' }),
    }),
  },
  { description: 'In the language of REPORT_LANGUAGE.' },
)

export const measuredResult = Type.Object(
  {
    measuredSeriesInstanceUid: uid,
    sourceInstanceCount: Type.Integer(),
    sourceFingerprint: Type.String(),
    contentDigest: Type.String(),
    kind: Type.Optional(seriesKind),
    volumes: Type.Array(volumes),
    subject: Type.Optional(
      Type.Object(
        {
          studyDate: Type.Optional(Type.String({ description: 'YYYYMMDD.' })),
          scannedAt: Type.Optional(
            Type.String({
              description:
                'When the measured series was acquired: ISO 8601, with an offset where the time zone is known.',
            }),
          ),
          accessionNumber: optionalText,
          age: Type.Optional(Type.String({ description: 'DICOM AS, such as 061Y.' })),
          sex: Type.Optional(Type.Enum(['M', 'F', 'O'])),
        },
        { description: 'Facts about study and person from the images.' },
      ),
    ),
    intracranialVolume: Type.Optional(intracranialVolume),
    temporalHorns: Type.Optional(
      Type.Array(temporalHorn, { description: 'Absent if the model has no network for them.' }),
    ),
    confidence: Type.Optional(
      Type.Array(
        Type.Object({
          side: Type.Enum(['left', 'right', 'unknown']),
          ownEstimate: Type.Number({
            description: 'Dice that the model predicts for its own outline, 0 to 1.',
          }),
        }),
      ),
    ),
    verdict: Type.Optional(qualityVerdict),
    quality: Type.Optional(Type.Array(qualityFinding)),
    warnings: Type.Array(Type.String()),
    norms: Type.Optional(norms),
    asymmetry: Type.Optional(asymmetry),
    impression: Type.Optional(impression),
    model: Type.Object({ name: Type.String(), version: Type.String(), sha256: Type.String() }),
    softwareVersion: Type.String(),
    configDigest: Type.String(),
    runNumber: Type.Integer(),
    analysedAt: Type.String({ format: 'date-time' }),
    stored: Type.Array(storedResult),
    replaces: Type.Optional(
      Type.Object({
        jobId: Type.String(),
        analysedAt: Type.String({ format: 'date-time' }),
        sourceInstanceCount: Type.Integer(),
        measurements: Type.Optional(storedResult),
      }),
    ),
    history: Type.Optional(changeOverTime),
  },
  { additionalProperties: true },
)

export const rejectedSeries = Type.Object(
  {
    seriesInstanceUid: uid,
    kind: seriesKind,
    quality: Type.Array(qualityFinding),
    impression: Type.Optional(impression),
    stored: Type.Array(storedResult),
  },
  {
    description: 'The series that was selected but could not be measured.',
    additionalProperties: true,
  },
)

export const forwardedResult = Type.Object(
  {
    target: Type.String({
      description: "The target's name in Orthanc; host and port of a FHIR server or HL7 receiver.",
    }),
    kind: Type.Enum(['modality', 'peer', 'fhir', 'hl7']),
    state: Type.Enum(['pending', 'sent', 'failed']),
    at: Type.String({ format: 'date-time' }),
    sentInstances: Type.Array(uid, { description: 'The instances that the target has accepted.' }),
    answeredAt: Type.Optional(
      Type.Integer({
        description: "Time of the reader's answer that was sent to the target, epoch milliseconds.",
      }),
    ),
    underway: Type.Optional(Type.Object({ orthancJobId: Type.String(), sopInstanceUid: uid })),
    error: Type.Optional(errorRecord),
  },
  { additionalProperties: true },
)

/**
 * The outcome of a job: kept on the job as JSON, shown by the API; outcome.ts derives its types
 * from it.
 */
export const outcomeSchema = Type.Object(
  {
    verdicts: Type.Array(verdict),
    studyFingerprint: Type.String(),
    result: Type.Optional(measuredResult),
    rejection: Type.Optional(rejectedSeries),
    forwarded: Type.Optional(
      Type.Array(forwardedResult, {
        description:
          'Targets of forwarding. `pending` is retried automatically, `failed` after ' +
          'POST /studies/{id}/runs.',
      }),
    ),
    sameAsJobId: Type.Optional(
      Type.String({
        description: 'The job with the current result, if the study contained nothing new.',
      }),
    ),
  },
  { title: 'Outcome', additionalProperties: true },
)
