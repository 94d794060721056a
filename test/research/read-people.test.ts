import { describe, expect, it } from 'vitest'
import { idOfImage, parsePeople } from '../../src/research/read-people.ts'

const parse = (text: string) => parsePeople(new TextEncoder().encode(text), 'people.csv')

describe('a table of people', () => {
  it('gives id, age and sex, whatever the order, the case and the other columns', () => {
    const people = parse(
      'group,Sex,ID,age\nx,M,a,35\ny,female,b,23.4\nz,m,c,\n,F,d,n/a\n,other,e,70\n',
    )
    expect([...people.values()]).toEqual([
      { id: 'a', ageYears: 35, sex: 'M' },
      { id: 'b', ageYears: 23.4, sex: 'F' },
      { id: 'c', ageYears: undefined, sex: 'M' },
      { id: 'd', ageYears: undefined, sex: 'F' },
      { id: 'e', ageYears: 70, sex: 'O' },
    ])
  })

  it.each([
    ['semicolons', 'id;age;sex\na;35;M\n'],
    ['tabs', 'id\tage\tsex\na\t35\tM\n'],
    ['a byte order mark and Windows lines', '\ufeffid,age,sex\r\na,35,M\r\n'],
    ['quotes', '"id","age","sex"\n"a","35","M"\n'],
    ['the delimiter in a line of its own', 'sep=;\r\nid;age;sex\r\na;35;M\r\n'],
    ['the column names of BIDS', 'participant_id\tage\tsex\na\t35\tM\n'],
    ['a decimal comma', 'id;age;sex\na;35,0;M\n'],
    ['ages as DICOM has them', 'id,age,sex\na,035Y,M\n'],
  ])('may be written with %s', (_what, text) => {
    expect(parse(text).get('a')).toEqual({ id: 'a', ageYears: 35, sex: 'M' })
  })

  it.each([
    ['id,age\na,3', /no column sex/],
    ['', /no column id, age, sex|no people/],
    ['id,age,sex', /no people/],
    ['id,age,sex\na,35,M\na,36,M', /line 3 has the id a again/],
    ['id,age,sex\n,35,M', /line 2 has no id/],
    ['id,age,sex\na,350,M', /line 2 has the age "350"/],
    ['id,age,sex\na,-3,M', /age "-3"/],
    ['id,age,sex\na,old,M', /age "old"/],
    ['id,age,sex\na,0x23,M', /age "0x23"/],
    ['id,age,age,sex\na,35,36,M', /column age twice/],
    ['id,age,sex\na,35,constructor', /sex "constructor"/],
    ['id,age,sex\na,35,1', /sex "1"; write M or F/],
    ['id,age,sex\na,35,W', /sex "W"/],
    ['id,age,sex\na,35,"M', /not a valid CSV table/],
    ['id,age,sex\na,35,M,9', /not a valid CSV table/],
    ['id,age,sex\na,1e9,X\nb,0,M\nc,x,M\nd,x,M\ne,x,M\nf,x,M\ng,x,M', /and 2 more\.$/],
  ])('is refused with a sentence: %j', (text, sentence) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        message: expect.stringMatching(sentence),
      }),
    )
  })
})

describe('the id of an image', () => {
  it.each([
    ['folder.x/sub-01_t1.nii.gz', 'sub-01'],
    ['sub-01_ses-2_T1w.nii.gz', 'sub-01_ses-2'],
    ['IXI013-HH-1212_t1.mgz', 'IXI013-HH-1212'],
    ['bert.mgz', 'bert'],
    ['sub-01_t1_run-1.nii', 'sub-01'],
    ['patient_t10.nii', 'patient_t10'],
    ['plain', 'plain'],
  ])('of %s is %s', (path, id) => {
    expect(idOfImage(path)).toBe(id)
  })
})
