import type { AnalysisOutcome } from '../../src/outcome/outcome.ts'

/** What a job found in a made-up head; `changes` to its result. */
export function makeOutcome(changes: object = {}): AnalysisOutcome {
  return {
    verdicts: [
      {
        seriesInstanceUid: '1.2.3.9',
        seriesNumber: 7,
        modality: 'MR',
        seriesDescription: '=HYPERLINK("http://x","T1, sag")',
        instanceCount: 160,
        chosen: true,
        reason: 'CHOSEN',
        sentence: 'Fits.',
      },
    ],
    studyFingerprint: 'f00',
    result: {
      measuredSeriesInstanceUid: '1.2.3.9',
      kind: 'head',
      subject: { studyDate: '20200131', age: '071Y', sex: 'F' },
      volumes: [
        {
          ...{ side: 'left', anteriorMm3: 1500.123456, posteriorMm3: 1400, totalMm3: 2900.123456 },
          standardErrorMm3: { anterior: 118.4567, posterior: 97, total: 140 },
        },
        { side: 'right', anteriorMm3: 1600, posteriorMm3: 1500, totalMm3: 3100 },
      ],
      temporalHorns: [
        {
          ...{ side: 'left', state: 'measured', volumeMm3: 700.123, standardErrorMm3: 110.456 },
          ...{ occupancy: 0.805512, occupancyStandardError: 0.02 },
        },
        { side: 'right', state: 'slit', sentence: 'A slit.' },
      ],
      intracranialVolume: { mm3: 1_450_000.4, standardErrorMm3: 72_500 },
      verdict: 'warning',
      quality: [
        { check: 'NOISE', verdict: 'measured', sentence: 'Little noise.' },
        { check: 'CONFIDENCE', verdict: 'warning', side: 'left', sentence: 'Low.' },
      ],
      norms: {
        compared: true,
        normsId: 'nomis',
        person: { ageYears: 71, sex: 'F', intracranialVolumeMm3: 1_450_000 },
        sides: [
          {
            side: 'left',
            zScore: { value: -1.23456, low: -2, high: 0 },
            percentile: { value: 10.987, low: 2, high: 50 },
          },
        ],
      },
      asymmetry: { indexPercent: -6.6712, anteriorPercent: 1, posteriorPercent: 1, isUsual: true },
      model: { name: 'hippo', version: '1.2.3', sha256: 'abc' },
      softwareVersion: '0.9.0',
      runNumber: 0,
      analysedAt: '2026-11-26T10:00:00.000Z',
      warnings: [],
      stored: [],
      ...changes,
    } as unknown as AnalysisOutcome['result'],
  } as unknown as AnalysisOutcome
}
