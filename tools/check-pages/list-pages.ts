import type { ImpressionLanguage } from '../../src/impression/templates.ts'
import { writeImpression } from '../../src/impression/write-impression.ts'
import { measureAsymmetry } from '../../src/measurement/asymmetry.ts'
import type { ChangeOverTime, TimePoint } from '../../src/measurement/change-over-time.ts'
import { compareOverTime } from '../../src/measurement/compare-over-time.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { compareWithNorms } from '../../src/measurement/norms/compare-with-norms.ts'
import { traceNormBands } from '../../src/measurement/norms/trace-norm-bands.ts'
import { parseYears } from '../../src/measurement/parse-years.ts'
import type { QualityFinding } from '../../src/measurement/quality-finding.ts'
import { judgeQuality } from '../../src/report/judge-quality.ts'
import type { ReportInput } from '../../src/report/report-input.ts'
import { cutCrop, type HeadPhantom, makeHeadPhantom, measurePhantom } from './make-head-phantom.ts'

/** A page for inspection. */
export interface PageCase {
  readonly name: string
  readonly input: ReportInput
}

const calibrated = builtinNorms.calibrations[0]!
const model = {
  name: calibrated.model,
  version: calibrated.from,
  sha256: 'da0b5dff'.repeat(8),
  accuracy: { diceWhole: 0.83, of: 'whole heads of another hospital, traced by another protocol' },
}

const passed: readonly QualityFinding[] = [
  'RESOLUTION',
  'HEAD_FOUND',
  'MASK_TOUCHES_BOX',
  'PIECES',
  'SIZE',
  'CONTRAST',
].map((check) => ({ check, verdict: 'measured', sentence: 'As it should be.' }))

const chosen = 'Chosen: the only T1-weighted series of the whole head in slices of 1 mm.'
const others = [
  {
    number: 2,
    description: 'T2 tse tra',
    sentence: 'Its slices are 5.0 mm thick; at most 2.0 mm can be measured.',
  },
  {
    number: 4,
    description: 'FLAIR sag',
    sentence: 'It is not T1-weighted (inversion recovery with long echo time).',
  },
  {
    number: 7,
    description: 'MPRAGE cor MPR',
    sentence: 'It was reformatted from another series of the study.',
  },
]

/** Standard errors of realistic size; they are not measured here. */
function stateErrors(volumes: ReportInput['volumes']): ReportInput['volumes'] {
  return volumes.map((one) => ({
    ...one,
    standardErrorMm3: {
      anterior: 0.08 * one.anteriorMm3,
      posterior: 0.07 * one.posteriorMm3,
      total: 0.045 * one.totalMm3,
    },
  }))
}

/** The usual page of a head, with anything replaced. */
function makeHeadPage(
  head: HeadPhantom,
  age: string | undefined,
  sex: 'F' | 'M' | 'O' | undefined,
  changes: Partial<ReportInput> = {},
  language: ImpressionLanguage = 'en',
): ReportInput {
  const volumes = changes.volumes ?? stateErrors(measurePhantom(head))
  const used = changes.model ?? model
  const icv =
    'intracranialVolume' in changes
      ? changes.intracranialVolume
      : { mm3: 1_480_000, standardErrorMm3: 45_000 }
  const norms = compareWithNorms(builtinNorms, {
    volumes,
    ageYears: parseYears(age),
    sex,
    intracranialVolume: icv,
    fieldStrength: 3,
    model: used,
  })
  const expected = norms.compared
    ? Object.fromEntries(norms.sides.map(({ side, expectedMm3 }) => [side, expectedMm3]))
    : undefined
  const asymmetry = measureAsymmetry(volumes, builtinNorms.asymmetry, expected as never)
  const { quality = passed, warnings = [], history } = changes
  const { verdict } = judgeQuality({ quality, warnings })
  const hasWarnings = verdict === 'warning'
  const told = { volumes, verdict, hasWarnings, norms, asymmetry, history }
  return {
    impression: writeImpression(told, language).text,
    study: {
      accessionNumber: '2819497684894126',
      studyDate: '20261112',
      studyDescription: 'MR head, memory clinic',
      patientAge: age,
      patientSex: sex,
      patientName: undefined,
      patientId: undefined,
    },
    series: {
      number: 5,
      description: 'T1 MPRAGE sag iso',
      instanceCount: 176,
      scanner: 'ACME Magnet 3',
      sentence: chosen,
    },
    otherSeries: others,
    ...head,
    kind: 'head',
    volumes,
    warnings: [],
    quality: passed,
    intracranialVolume: icv,
    norms,
    normBands: norms.compared ? traceNormBands(builtinNorms, norms) : undefined,
    asymmetry,
    model: used,
    software: { name: 'HippoVolume', version: '0.2.0' },
    analysedAt: new Date('2026-11-12T15:04:05Z'),
    predecessor: undefined,
    ...changes,
  }
}

function makeCropPage(head: HeadPhantom, side: 'left' | 'unknown'): ReportInput {
  const crop = cutCrop(head, side)
  const volumes = stateErrors([measureHippocampus(crop.labelMap, side)])
  return makeHeadPage(crop, '061Y', 'F', {
    kind: 'crop',
    volumes,
    intracranialVolume: undefined,
    quality: [],
    series: {
      number: 13,
      description: 'HippoCrop',
      instanceCount: 44,
      scanner: 'ACME Magnet 3',
      sentence: 'Chosen: its description is the agreed name "HippoCrop".',
    },
    warnings:
      side === 'unknown'
        ? [
            'The series does not state which side it shows. It was measured as it is; the model was trained on left hippocampi.',
          ]
        : [],
  })
}

const history = (volumesNow: ReportInput['volumes']): ChangeOverTime => {
  const point = (
    date: string,
    yearsBefore: number,
    age: string,
    factor: number,
    odd?: string,
  ): TimePoint => ({
    studyInstanceUid: `1.2.${date}`,
    studyDate: date,
    yearsBefore,
    age,
    volumes: volumesNow.map((one) => {
      const part = one.side === 'left' ? factor : 1 + (factor - 1) * 0.5
      return {
        ...one,
        anteriorMm3: one.anteriorMm3 * part,
        posteriorMm3: one.posteriorMm3 * part,
        totalMm3: one.totalMm3 * part,
      }
    }),
    model: { name: model.name, version: odd ? '0.0.9' : model.version },
    softwareVersion: '0.2.0',
    scanner: 'ACME Magnet, 3 T, 1 x 1 x 1 mm',
    comparable: odd === undefined,
    sentence: odd,
  })
  return compareOverTime(
    [
      point(
        '20211015',
        5.08,
        '070Y',
        1.02,
        'Measured by model 0.0.9, whose volumes cannot be compared.',
      ),
      point('20231103', 3.03, '072Y', 1.086),
      point('20250520', 1.48, '073Y', 1.047),
      point('20261112', 0, '075Y', 1),
    ],
    [],
  )
}

const long = 'Kontrastmitteluntersuchung des Sch\u00e4dels mit d\u00fcnnschichtiger Rekonstruktion '
const longText = long.repeat(6).trim()

/** Ten pages with typical and extreme content; all from phantoms. */
export function listPages(): readonly PageCase[] {
  const usual = makeHeadPhantom(0.89, 0.9)
  const small = makeHeadPhantom(0.74, 0.75, 11)
  const lopsided = makeHeadPhantom(0.81, 0.92, 13)
  const smallVolumes = measurePhantom(small)
  const warning: QualityFinding = {
    check: 'MASK_TOUCHES_BOX',
    verdict: 'warning',
    side: 'left',
    sentence: 'The outline of the left hippocampus reaches the edge of the box that was searched.',
    value: 12,
    limit: 0,
  }
  return [
    { name: '01-normal', input: makeHeadPage(usual, '064Y', 'F') },
    { name: '02-small', input: makeHeadPage(small, '062Y', 'M') },
    { name: '03-asymmetric', input: makeHeadPage(lopsided, '034Y', 'F', {}, 'de') },
    { name: '04-no-age', input: makeHeadPage(usual, undefined, 'M') },
    { name: '05-crop', input: makeCropPage(usual, 'unknown') },
    {
      name: '06-rejected',
      input: makeHeadPage(lopsided, '071Y', 'F', {
        quality: [
          {
            check: 'RESOLUTION',
            verdict: 'rejected',
            sentence:
              'The slices are 2.4 mm apart. Above 2 mm the volumes are not reliable, so nothing is reported.',
            value: 2.4,
            limit: 2,
          },
          { ...warning, side: 'right' },
        ],
      }),
    },
    {
      name: '07-warning',
      input: makeHeadPage(usual, '079Y', 'M', {
        quality: [...passed.slice(2), warning],
        warnings: [
          'The images had lossy compression. Volumes may differ from those of the original images.',
        ],
        predecessor: { analysedAt: new Date('2026-11-01T08:00:00Z'), sourceInstanceCount: 170 },
      }),
    },
    {
      name: '08-long-texts',
      input: makeHeadPage(usual, '064Y', 'F', {
        study: {
          accessionNumber: longText,
          studyDate: '20261112',
          studyDescription: longText,
          patientAge: '064Y',
          patientSex: 'F',
          patientName: `${long}^Anna`,
          patientId: longText,
        },
        series: {
          number: 5,
          description: longText,
          instanceCount: 176,
          scanner: longText,
          sentence: longText,
        },
        otherSeries: Array.from({ length: 24 }, (_, number) => ({
          number,
          description: longText,
          sentence: longText,
        })),
        warnings: Array.from({ length: 7 }, (_, index) => `${index + 1}. ${longText}`),
        model: { ...model, name: 'W'.repeat(80) },
      }),
    },
    {
      name: '09-four-time-points',
      input: makeHeadPage(small, '075Y', 'F', { history: history(smallVolumes) }),
    },
    {
      name: '10-other-model',
      input: makeHeadPage(usual, '064Y', 'F', {
        model: { ...model, version: '0.0.9' },
        volumes: measurePhantom(usual),
      }),
    },
  ]
}
