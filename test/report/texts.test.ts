import { describe, expect, it } from 'vitest'
import {
  formatAge,
  formatDate,
  formatMl,
  formatMm3,
  formatMoment,
  formatPersonName,
  formatPosition,
  formatSex,
} from '../../src/report/format-facts.ts'
import { toPrintable } from '../../src/report/printable-text.ts'
import { registerReportFonts } from '../../src/report/report-fonts.ts'
import { ellipsize, wrapText } from '../../src/report/text-fitting.ts'

const perCharacter = (text: string) => [...text].length

describe('facts of the study', () => {
  it.each([
    ['20190930', '2019-09-30'],
    ['2019.09.30', '2019-09-30'],
    ['unknown', 'unknown'],
    [' ', '\u2013'],
    [undefined, '\u2013'],
  ])('shows the date %s as %s', (date, shown) => {
    expect(formatDate(date)).toBe(shown)
  })

  it.each([
    ['061Y', '61 years'],
    ['001Y', '1 year'],
    ['018M', '18 months'],
    ['61', '61'],
    [undefined, '\u2013'],
  ])('shows the age %s as %s', (age, shown) => {
    expect(formatAge(age)).toBe(shown)
  })

  it.each([
    ['M\u00fcller^Anna^B.', 'M\u00fcller, Anna B.'],
    ['Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=', 'Yamada, Tarou'],
    ['=\u5c71\u7530^\u592a\u90ce', '\u5c71\u7530, \u592a\u90ce'],
    ['Solo', 'Solo'],
    ['^Given', 'Given'],
    ['^^=', '\u2013'],
    [undefined, '\u2013'],
  ])('shows the name %s as %s', (name, shown) => {
    expect(formatPersonName(name)).toBe(shown)
  })

  it('names the sexes of DICOM, and repeats other values', () => {
    expect(['F', 'M', 'O', 'X', ''].map(formatSex)).toEqual([
      'Female',
      'Male',
      'Other',
      'X',
      '\u2013',
    ])
  })

  it('rounds mm3 to whole numbers and ml to two decimals', () => {
    expect([formatMm3(3294.6), formatMl(3294.6), formatMl(Number.NaN)]).toEqual([
      '3295',
      '3.29',
      '\u2013',
    ])
  })

  it('shows times in UTC whatever the time zone of the machine', () => {
    expect(formatMoment(new Date('2026-11-23T23:59:59+05:00'))).toBe('2026-11-23 18:59 UTC')
  })

  it("shows times in the site's zone if known, in summer and winter", () => {
    const show = (moment: string) => formatMoment(new Date(moment), 'Europe/Berlin')
    expect(show('2026-11-23T16:39:00Z')).toBe('2026-11-23 17:39 GMT+1')
    expect(show('2026-07-23T23:39:00Z')).toBe('2026-07-24 01:39 GMT+2')
  })

  it('writes negative positions with a minus sign, and no minus zero', () => {
    expect([formatPosition(-12.34), formatPosition(-0.01)]).toEqual(['\u221212.3', '0.0'])
  })
})

describe('texts that are drawn', () => {
  const covers = registerReportFonts()

  it.each([
    ['Sch\u00e4del \u00df', 'Sch\u00e4del \u00df'],
    ['e\u0301', '\u00e9'],
    ['\u0391\u03b8\u03ae\u03bd\u03b1', '\u0391\u03b8\u03ae\u03bd\u03b1'],
    ['\u8133 MRI', '\u25a1 MRI'],
    ['\u{1f600}!', '\u{1f600}!'],
    ['a\r\n\tb  c\u0000', 'a b c'],
    ['abc\u202edef\u200b', 'abcdef'],
    ['\ud800', '\ufffd'],
  ])('%j become %j', (text, printable) => {
    expect(toPrintable(text, covers)).toBe(printable)
  })

  it('end in an ellipsis when they are too long', () => {
    expect(ellipsize('hippocampus', 11, perCharacter)).toBe('hippocampus')
    expect(ellipsize('hippocampus', 6, perCharacter)).toBe('hippo\u2026')
    expect(ellipsize('hippocampus', 0, perCharacter)).toBe('\u2026')
  })

  it('wrap between words, break overlong words, and report truncation', () => {
    expect(wrapText('one two three', 7, 3, perCharacter)).toEqual(['one two', 'three'])
    expect(wrapText('abcdefghij kl', 4, 9, perCharacter)).toEqual(['abcd', 'efgh', 'ij', 'kl'])
    expect(wrapText('one two three four', 7, 2, perCharacter)).toEqual(['one two', 'three\u2026'])
    expect(wrapText('', 7, 2, perCharacter)).toEqual([])
  })
})
