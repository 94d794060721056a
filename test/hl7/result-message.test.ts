import { describe, expect, it } from 'vitest'
import { unknownIdentity } from '../../src/dicom/study-identity.ts'
import { buildFhirBundle } from '../../src/fhir/diagnostic-report.ts'
import { escapeText, unescapeText } from '../../src/hl7/escape-text.ts'
import { formatHl7Time } from '../../src/hl7/hl7-time.ts'
import {
  messageIdOf,
  type ResultMessageInput,
  writeResultMessage,
} from '../../src/hl7/result-message.ts'

const identity = {
  ...unknownIdentity,
  patientId: 'P|17',
  patientIdIssuer: { name: 'CLINIC', universalId: '1.2.276.1', universalIdType: 'ISO' },
  patientName: 'Müller^Zoë^^Dr.^jr.=漢字',
  patientBirthDate: '19600101',
  patientSex: 'F',
  accessionNumber: 'A&4711',
  accessionIssuer: { name: 'RIS' },
}
const told = {
  jobId: 'c0ffee',
  studyInstanceUid: '1.2.840.113619.2.1',
  analysedAt: '2026-11-23T22:41:09.000Z',
  scannedAt: '2026-11-20T09:30:12+01:00',
  identity,
}
const report = buildFhirBundle({
  ...told,
  systems: {},
  volumes: [
    { side: 'left', anteriorMm3: 1500.25, posteriorMm3: 1300, totalMm3: 2800.25 },
    { side: 'right', anteriorMm3: 1600, posteriorMm3: 1400, totalMm3: 3000 },
  ],
  intracranialVolume: { mm3: 1_480_000, standardErrorMm3: 59_200 },
  warnings: ['First line.\nSecond line | with ^delimiters~ & \\ a backslash.'],
  model: { name: 'net', version: '1.0.0', sha256: 'ab'.repeat(32) },
  softwareVersion: '0.2.0',
})
const input: ResultMessageInput = {
  ...told,
  report,
  reportUrl: 'https://hippo.example/page?a=1&b=2',
  parties: {
    sendingApplication: 'HIPPO',
    sendingFacility: 'RAD',
    receivingApplication: 'HIS',
    receivingFacility: 'CLINIC',
  },
}
const segments = writeResultMessage(input)
  .split('\r')
  .map((line) => line.split('|'))
const named = (name: string) => segments.filter(([first]) => first === name)
/** Fields of HL7 count from one; those of MSH include the separator. */
const header = ['', 'MSH', ...named('MSH')[0]!.slice(1)]

describe('a result as ORU^R01', () => {
  it('states sender, receiver and type, in UTF-8, with a stable identifier', () => {
    expect(header.slice(4, 8)).toEqual(['RAD', 'HIS', 'CLINIC', '20261123224109+0000'])
    expect(header[9]).toBe('ORU^R01^ORU_R01')
    expect(header[10]).toBe(messageIdOf('c0ffee'))
    expect(header[10]!.length).toBeLessThanOrEqual(20)
    expect([header[11], header[12], header[18]]).toEqual(['P', '2.5.1', 'UNICODE UTF-8'])
    expect(writeResultMessage(input)).toBe(writeResultMessage({ ...input }))
    expect(messageIdOf('other')).not.toBe(messageIdOf('c0ffee'))
  })

  it('identifies patient and order as in the images', () => {
    const [pid] = named('PID')
    expect(pid![3]).toBe('P\\F\\17^^^CLINIC&1.2.276.1&ISO^MR')
    expect(pid![5]).toBe('Müller^Zoë^^jr.^Dr.')
    expect(pid!.slice(7, 9)).toEqual(['19600101', 'F'])
    const [obr] = named('OBR')
    expect(obr![3]).toBe('A\\T\\4711^RIS')
    expect(obr![4]).toBe(
      'HIPPOCAMPAL-VOLUMETRY^Hippocampal volumetry^99HIPPOVOLUME^24590-2^MR Brain^LN',
    )
    expect([obr![7], obr![18], obr![25]]).toEqual(['20261120093012+0100', 'A\\T\\4711', 'P'])
  })

  it('gives every figure its own code, its unit, and the standard code', () => {
    const rows = named('OBX')
    expect(rows.map(([, number]) => Number(number))).toEqual(rows.map((_, index) => index + 1))
    expect(rows[0]!.slice(2, 6)).toEqual([
      'ST',
      '113014^DICOM Study^DCM',
      '',
      told.studyInstanceUid,
    ])
    const find = (code: string) => rows.find((row) => row[3]!.split('^')[0] === code)!
    expect(find('VOLUME-LEFT').slice(2, 7)).toEqual([
      'NM',
      'VOLUME-LEFT^Volume of the left hippocampus^99HIPPOVOLUME^118565006^Volume^SCT',
      '',
      '2800.3',
      'mm3^cubic millimeter^UCUM',
    ])
    expect(find('VOLUME-LEFT')[11]).toBe('P')
    expect(find('POSTERIOR-RIGHT')[5]).toBe('1400')
    expect(find('INTRACRANIAL-VOLUME')[5]).toBe('1480000')
    expect(find('INTRACRANIAL-VOLUME/371884006')[5]).toBe('59200')
    expect(find('REPORT-PAGE')[5]).toBe('https://hippo.example/page?a=1\\T\\b=2')
    const codes = rows.map((row) => row[3])
    expect(new Set(codes).size).toBe(codes.length)
  })

  it('escapes delimiters and line breaks in texts', () => {
    const [, , , , , conclusion] = named('OBX').find((row) => row[3]!.startsWith('CONCLUSION'))!
    expect(conclusion).toContain(
      'First line.\\.br\\Second line \\F\\ with \\S\\delimiters\\R\\ \\T\\ \\E\\ a backslash.',
    )
    const text = 'a|b^c~d&e\\f\r\ng\rh'
    expect(unescapeText(escapeText(text))).toBe('a|b^c~d&e\\f\ng\nh')
    expect(escapeText('frame\u001c\u000bend')).toBe('frameend')
  })

  it('identifies the order by the study without an accession number', () => {
    const anonymous = writeResultMessage({
      ...input,
      identity: { ...unknownIdentity, patientId: 'P-1' },
    })
    expect(anonymous).toContain(`\rOBR|1||${told.studyInstanceUid}^99HIPPOVOLUME|`)
    expect(anonymous).toContain('\rPID|1||P-1^^^^MR|||||U\r')
  })

  it.each([
    ['2026-11-20T09:30:12+01:00', '20261120093012+0100'],
    ['2026-11-20T09:30:12', '20261120093012'],
    ['20261120', '20261120'],
    ['2026-11-23T22:41:09.000Z', '20261123224109+0000'],
    ['yesterday', ''],
    [undefined, ''],
  ])('writes the time %s as %s', (time, written) => {
    expect(formatHl7Time(time)).toBe(written)
  })
})
