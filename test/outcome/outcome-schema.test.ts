import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { HippoError, recordError } from '../../src/errors.ts'
import { measureAsymmetry } from '../../src/measurement/asymmetry.ts'
import { compareWithNorms } from '../../src/measurement/norms/compare-with-norms.ts'
import type { Kept } from '../../src/outcome/kept.ts'
import type { AnalysisOutcome, StoredResult } from '../../src/outcome/outcome.ts'
import { outcomeSchema } from '../../src/outcome/outcome-schema.ts'
import { planForwarding } from '../../src/outcome/plan-forwarding.ts'
import { calibratedModel, calibratedNorms } from '../support/calibrated-norms.ts'

// Compiles only while every type of the outcome keeps what the schema promises.
const asDescribed = (outcome: AnalysisOutcome): Kept<Static<typeof outcomeSchema>> => outcome

const volumes = [
  {
    side: 'left',
    anteriorMm3: 1500,
    posteriorMm3: 1400,
    totalMm3: 2900,
    standardErrorMm3: { anterior: 90, posterior: 80, total: 120 },
  },
  { side: 'right', anteriorMm3: 1550, posteriorMm3: 1450, totalMm3: 3000 },
] as const
const intracranialVolume = { mm3: 1_450_000, standardErrorMm3: 58_000 }
const norms = compareWithNorms(calibratedNorms, {
  volumes,
  ageYears: 61,
  sex: 'F',
  intracranialVolume,
  fieldStrength: 3,
  model: calibratedModel,
})
const stored: StoredResult = {
  role: 'measurements',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34',
  sopInstanceUid: '2.25.1',
  seriesInstanceUid: '2.25.2',
  orthancInstanceId: 'a',
}
const finding = {
  check: 'NOISE',
  verdict: 'warning',
  side: 'left',
  sentence: 'Noisy.',
  value: 0.2,
  limit: 0.1,
} as const
const error = recordError(
  new HippoError('FORWARD_FAILED', 'Away.', { details: { target: 'pacs' } }),
)

/** As a job keeps it that found everything a job can find. */
const impression = { text: 'Small.', language: { code: 'en-US', name: 'English' } }
const outcome: AnalysisOutcome = {
  verdicts: [
    {
      seriesInstanceUid: '1.2',
      seriesNumber: 3,
      seriesDescription: 't1',
      modality: 'MR',
      instanceCount: 160,
      chosen: true,
      reason: 'CHOSEN',
      sentence: 'Selected.',
    },
  ],
  studyFingerprint: 'f',
  result: {
    measuredSeriesInstanceUid: '1.2',
    sourceInstanceCount: 160,
    sourceFingerprint: 's',
    contentDigest: 'd',
    kind: 'head',
    volumes,
    subject: {
      studyDate: '20240105',
      scannedAt: '2024-05-06T09:30:12+02:00',
      accessionNumber: 'A-4711',
      age: '061Y',
      sex: 'F',
    },
    intracranialVolume,
    confidence: [{ side: 'left', ownEstimate: 0.93 }],
    verdict: 'warning',
    quality: [finding],
    warnings: ['Noisy.'],
    norms,
    asymmetry: measureAsymmetry(volumes, calibratedNorms.asymmetry, { left: 2950, right: 3050 }),
    temporalHorns: [
      {
        ...{ side: 'left', state: 'measured', volumeMm3: 300, standardErrorMm3: 60 },
        ...{ occupancy: 0.9, occupancyStandardError: 0.02 },
      },
    ],
    impression,
    model: { ...calibratedModel, sha256: 'ab' },
    softwareVersion: '1.0.0',
    configDigest: 'c',
    runNumber: 1,
    analysedAt: '2026-11-26T10:00:00.000Z',
    stored: [stored],
    replaces: {
      jobId: 'j',
      analysedAt: '2026-11-25T10:00:00.000Z',
      sourceInstanceCount: 150,
      measurements: stored,
    },
    history: {
      timePoints: [
        {
          studyInstanceUid: '1.1',
          studyDate: '20230105',
          yearsBefore: 1,
          age: '060Y',
          volumes,
          intracranialVolumeMm3: 1_450_000,
          model: calibratedModel,
          softwareVersion: '1.0.0',
          scanner: 'Siemens Skyra, 3 T',
          comparable: false,
          sentence: 'Another scanner.',
        },
      ],
      rates: [{ side: 'both', percentPerYear: -1, lower: -2, upper: 0, timePoints: 2, years: 1 }],
      published: [{ group: 'ageing', percentPerYear: -1, lower: -2, upper: 0, source: 'A 2010' }],
      unused: [{ studyInstanceUid: '1.0', studyDate: '2020', reason: 'MEASURING', sentence: 'S.' }],
      sentence: 'Changed.',
      details: 'Details.',
      longitudinal: {
        studyInstanceUid: '1.1',
        studyDate: '20230105',
        years: 1,
        sides: [
          {
            ...{ side: 'both', percent: -2, lower: -3, upper: -1 },
            ...{ percentPerYear: -2, lowerPerYear: -3, upperPerYear: -1 },
          },
        ],
        reason: 'MOTION',
        sentence: 'Changed.',
      },
    },
  },
  rejection: {
    ...{ seriesInstanceUid: '1.2', kind: 'head', quality: [finding], stored: [stored] },
    impression,
  },
  forwarded: planForwarding([{ kind: 'modality', name: 'pacs' }], () => 0).map((one) => ({
    ...one,
    sentInstances: ['2.25.1'],
    answeredAt: 1_700_000_000_000,
    underway: { orthancJobId: 'o', sopInstanceUid: '2.25.2' },
    error,
  })),
  sameAsJobId: 'j',
}

interface Described {
  readonly properties?: Readonly<Record<string, Described>>
  readonly items?: Described
  readonly anyOf?: readonly Described[]
}

/** Paths of the schema that the value does not have, and of the value that a closed schema does not. */
function findMissing(schema: Described, value: unknown, path: string): string[] {
  if (value === undefined) return [path]
  if (schema.anyOf !== undefined) {
    const [first] = schema.anyOf
    return first === undefined ? [] : findMissing(first, value, path)
  }
  if (schema.items !== undefined) {
    return findMissing(schema.items, (value as unknown[])[0], `${path}[]`)
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    findMissing(member, (value as Record<string, unknown>)[name], `${path}.${name}`),
  )
}

describe('the schema of an outcome', () => {
  it('accepts a complete outcome', () => {
    expect([
      ...Value.Errors(outcomeSchema, JSON.parse(JSON.stringify(asDescribed(outcome)))),
    ]).toEqual([])
  })

  it('has no member that no outcome has', () => {
    expect(norms.compared).toBe(true)
    expect(findMissing(outcomeSchema as Described, outcome, 'outcome')).toEqual([])
  })

  it('refuses an outcome without a volume', () => {
    const [left] = volumes
    const { totalMm3: _, ...incomplete } = left
    const changed = { ...outcome, result: { ...outcome.result, volumes: [incomplete] } }
    expect(Value.Check(outcomeSchema, changed)).toBe(false)
    expect(Value.Check(Type.Array(outcomeSchema), [outcome])).toBe(true)
  })
})
