import { describe, expect, it } from 'vitest'
import {
  findContradiction,
  isUsablePatientId,
  type PatientIdentity,
  readIdentity,
} from '../../src/selection/patient-identity.ts'
import { makeFacts } from './make-facts.ts'

const person = {
  patientId: 'H123-77',
  patientBirthDate: '19500607',
  patientSex: 'F',
  studyDate: '20240101',
}
const read = (...changes: readonly Parameters<typeof makeFacts>[0][]) =>
  readIdentity(changes.map((change, index) => makeFacts({ seriesNumber: index, ...change })))

describe('who a study is of', () => {
  it('is read from its series, even if one of them lacks it', () => {
    const expected = {
      patientId: 'H123-77',
      issuerOfPatientId: undefined,
      birthDate: '19500607',
      sex: 'F',
    }
    expect(read(person).identity).toEqual(expected)
    const { patientBirthDate: _, patientSex: __, ...crop } = person
    expect(read(crop, person).identity).toEqual(expected)
  })

  it.each([
    ['no birth date', { patientBirthDate: undefined }, 'birth date'],
    ['a birth date that stands for none', { patientBirthDate: '19000101' }, 'birth date'],
    ['a birth date that is none', { patientBirthDate: '1950' }, 'birth date'],
    ['no sex', { patientSex: undefined }, 'sex'],
    ['a sex that is none', { patientSex: 'X' }, 'sex'],
    ['no patient ID', { patientId: undefined }, 'patient ID'],
  ])('is uncertain with %s', (_, change, named) => {
    const { identity, problem } = read({ ...person, ...change })
    expect(identity).toBeUndefined()
    expect(problem?.reason).toBe('IDENTITY_UNCERTAIN')
    expect(problem?.sentence).toContain(named)
  })

  it('is uncertain if its series contradict each other', () => {
    for (const change of [{ patientBirthDate: '19510607' }, { patientSex: 'M' }]) {
      expect(read(person, { ...person, ...change }).problem?.sentence).toMatch(/disagree/)
    }
    expect(
      read({ ...person, issuerOfPatientId: 'A' }, { ...person, issuerOfPatientId: 'B' }).problem,
    ).toBeDefined()
  })

  it('ignores our own results', () => {
    expect(read(person, { ...person, patientSex: 'M', isOwnResult: true }).identity?.sex).toBe('F')
  })

  it.each([
    ...['', '  ', '0', '0000', '----', 'XXXX', 'UNKNOWN', 'Anonymous', 'ANON', 'N/A', 'none'],
    ...[
      'No ID',
      'PATIENT',
      'PatientID',
      '123456',
      '1234567',
      '1234567890',
      'test',
      'Not available',
      '*',
      '?',
    ],
  ])('is not identified by the placeholder "%s"', (patientId) => {
    expect(isUsablePatientId(patientId)).toBe(false)
  })

  it.each(['42', 'H123-77', 'ANON0042', '12345678901', 'Annan', '010203', 'AB*'])(
    'may be identified by "%s"',
    (patientId) => expect(isUsablePatientId(patientId)).toBe(true),
  )
})

describe('two studies', () => {
  const one: PatientIdentity = {
    patientId: 'H1',
    issuerOfPatientId: undefined,
    birthDate: '19500607',
    sex: 'F',
  }

  it('are of one person if ID, issuer, birth date and sex agree', () => {
    expect(findContradiction(one, { ...one })).toBeUndefined()
    const issued = { ...one, issuerOfPatientId: 'General hospital' }
    expect(findContradiction(issued, { ...issued })).toBeUndefined()
  })

  it.each([
    ['patient ID', { patientId: 'H2' }, 'IDENTITY_CONTRADICTED'],
    ['birth date', { birthDate: '19500706' }, 'IDENTITY_CONTRADICTED'],
    ['sex', { sex: 'M' }, 'IDENTITY_CONTRADICTED'],
    ['issuer', { issuerOfPatientId: 'General hospital' }, 'IDENTITY_UNCERTAIN'],
  ])('are not if the %s differs', (_, change, reason) => {
    const problem = findContradiction(one, { ...one, ...change })
    expect(problem?.reason).toBe(reason)
    // Sentences go into results and logs: none of the values may.
    expect(problem?.sentence).not.toMatch(/1950|H1|H2|General/)
  })

  it('are not if two authorities issued the same ID', () => {
    const here = { ...one, issuerOfPatientId: 'A' }
    expect(findContradiction(here, { ...one, issuerOfPatientId: 'B' })?.reason).toBe(
      'IDENTITY_CONTRADICTED',
    )
  })
})
