import { describe, expect, it } from 'vitest'
import { computeAge, parseAge } from '../../src/selection/patient-age.ts'
import { collectStudyFacts } from '../../src/selection/study-facts.ts'
import { makeFacts } from './make-facts.ts'

const chosen = makeFacts({ seriesNumber: 13, accessionNumber: 'A1' })

describe('collectStudyFacts', () => {
  it('fills missing facts of the chosen series from its siblings', () => {
    const sibling = makeFacts({
      seriesNumber: 12,
      patientAge: '072Y',
      patientSex: 'M',
      patientWeight: 78,
      accessionNumber: 'A1',
    })
    expect(collectStudyFacts(chosen, [chosen, sibling])).toEqual({
      accessionNumber: 'A1',
      studyDate: '20200119',
      studyDescription: undefined,
      patientAge: '072Y',
      patientSex: 'M',
      patientSize: undefined,
      patientWeight: 78,
      notes: [],
    })
  })

  it('prefers the chosen series over many siblings, with a note', () => {
    const own = { ...chosen, patientAge: '071Y' }
    const others = [2, 3].map((n) => makeFacts({ seriesNumber: n, patientAge: '072Y' }))
    const facts = collectStudyFacts(own, [own, ...others])
    expect(facts.patientAge).toBe('071Y')
    expect(facts.notes).toEqual([
      "The series of the study disagree on the patient's age; that of the measured series is used.",
    ])
  })

  it('uses the majority of siblings, and nothing on a tie', () => {
    const say = (...sexes: string[]) => {
      const siblings = sexes.map((patientSex, i) => makeFacts({ seriesNumber: 20 + i, patientSex }))
      return collectStudyFacts(chosen, [chosen, ...siblings])
    }
    expect(say('M', 'F', 'M').patientSex).toBe('M')
    expect(say('M', 'F', 'M').notes).toHaveLength(1)
    expect(say('M', 'F').patientSex).toBeUndefined()
    expect(say('M', 'F').notes[0]).toContain('so it is omitted')
  })

  it('ignores our own results', () => {
    const own = makeFacts({ seriesNumber: 9003, patientSex: 'F', isOwnResult: true })
    expect(collectStudyFacts(chosen, [chosen, own]).patientSex).toBeUndefined()
  })

  it('computes the age from the birth date without ever showing it', () => {
    const siblings = ['19480120', '19500101'].map((patientBirthDate, i) =>
      makeFacts({ seriesNumber: 20 + i, patientBirthDate }),
    )
    const facts = collectStudyFacts(chosen, [chosen, siblings[0]!])
    expect(facts.patientAge).toBe('071Y')
    expect(JSON.stringify(collectStudyFacts(chosen, [chosen, ...siblings]))).not.toMatch(
      /19480|19500/,
    )
  })
})

describe('ages', () => {
  it.each([
    ['72Y', '072Y'],
    ['072Y', '072Y'],
    ['018M', '018M'],
    ['72', undefined],
    ['', undefined],
  ])('reads %s as %s', (text, age) => {
    expect(parseAge(text)).toBe(age)
  })

  it.each([
    ['19480119', '20200119', '072Y'],
    ['19480120', '20200119', '071Y'],
    ['20190301', '20200229', '011M'],
    ['20210101', '20200119', undefined],
    ['19000101', '20200119', undefined],
    ['19481301', '20200119', undefined],
    [undefined, '20200119', undefined],
  ])('born %s, seen %s: %s', (born, seen, age) => {
    expect(computeAge(born, seen)).toBe(age)
  })
})
