import { describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readStudyIdentity } from '../../src/dicom/study-identity.ts'
import { readScanTime } from '../../src/results/read-scan-time.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const none = Object.fromEntries(
  ['Acquisition', 'Series', 'Study'].flatMap((what) => [
    [`${what}Date`, undefined],
    [`${what}Time`, undefined],
  ]),
)
const source = (attributes: Record<string, unknown>) =>
  parsePart10(writePhantomSeries({ slices: 1, attributes: { ...none, ...attributes } })[0]!)
const scan = { AcquisitionDate: '20260701', AcquisitionTime: '093012.250000' }

describe('when a scan was made', () => {
  it.each([
    [
      'the time of acquisition, before others',
      { ...scan, SeriesDate: '20260702', SeriesTime: '1200' },
      undefined,
      '2026-07-01T09:30:12',
    ],
    [
      'the series where acquisition lacks its time',
      { AcquisitionDate: '20260701', SeriesDate: '20260701', SeriesTime: '0931' },
      undefined,
      '2026-07-01T09:31:00',
    ],
    [
      'the study at last',
      { StudyDate: '20260701', StudyTime: '080000' },
      'UTC',
      '2026-07-01T08:00:00+00:00',
    ],
    ['the zone of the site in summer', scan, 'Europe/Berlin', '2026-07-01T09:30:12+02:00'],
    [
      'the zone of the site in winter',
      { ...scan, AcquisitionDate: '20260101' },
      'Europe/Berlin',
      '2026-01-01T09:30:12+01:00',
    ],
    [
      'the hour after the clock was set',
      { ...scan, AcquisitionDate: '20260329', AcquisitionTime: '033000' },
      'Europe/Berlin',
      '2026-03-29T03:30:00+02:00',
    ],
    [
      'the zone of the image before that of the site',
      { ...scan, TimezoneOffsetFromUTC: '-0500' },
      'Europe/Berlin',
      '2026-07-01T09:30:12-05:00',
    ],
    [
      'a time of multi-frame images, with its zone',
      { AcquisitionDateTime: '20260701093012.5-0400' },
      'Europe/Berlin',
      '2026-07-01T09:30:12-04:00',
    ],
    ['nothing where nothing is said', {}, 'UTC', undefined],
    [
      'nothing for a time that is none',
      { StudyDate: '20261301', StudyTime: '080000' },
      'UTC',
      undefined,
    ],
  ])('is %s', (_what, attributes, zone, expected) => {
    expect(readScanTime(source(attributes), zone)).toBe(expected)
  })
})

describe('whose study it is', () => {
  it('is read with the issuers of the identifiers', () => {
    const identity = readStudyIdentity(
      source({
        PatientID: ' P-17 ',
        IssuerOfPatientID: 'CLINIC',
        IssuerOfPatientIDQualifiersSequence: [
          { UniversalEntityID: '1.2.276.1', UniversalEntityIDType: 'ISO' },
        ],
        AccessionNumber: 'A-4711',
        IssuerOfAccessionNumberSequence: [{ LocalNamespaceEntityID: 'RIS' }],
      }),
    )
    expect(identity).toMatchObject({
      patientId: 'P-17',
      patientIdIssuer: { name: 'CLINIC', universalId: '1.2.276.1', universalIdType: 'ISO' },
      accessionNumber: 'A-4711',
      accessionIssuer: { name: 'RIS' },
    })
    expect(readStudyIdentity(source({ PatientID: '', AccessionNumber: '' }))).toMatchObject({
      patientId: undefined,
      accessionNumber: undefined,
    })
  })
})
