import { describe, expect, it } from 'vitest'
import { applyChange, listChanges } from '../../tools/check-attributes/change-head.ts'
import { madeHeads } from '../../tools/check-attributes/heads.ts'
import { findRefusal } from '../../tools/check-attributes/try-changes.ts'

const change = (head: (typeof madeHeads)[number], keyword: string, what: string) => {
  const wanted = listChanges(head.files).find((one) => one.keyword === keyword && one.what === what)
  return head.files.map((file) => applyChange(file, wanted!))
}

describe('changing one attribute of a head at a time', () => {
  it.each(madeHeads)('starts with an accepted head: $name', async ({ files }) => {
    expect(await findRefusal(files)).toBeUndefined()
  })

  it.each(madeHeads)('removes every attribute and sets five wrong values: $name', ({ files }) => {
    const changes = listChanges(files)
    const byKeyword = Map.groupBy(changes, ({ keyword }) => keyword)
    for (const [keyword, those] of byKeyword) {
      expect(those, keyword).toHaveLength(those[0]!.element.endsWith('SQ') ? 1 : 6)
    }
    expect(byKeyword.size).toBeGreaterThan(25)
  })

  it('finds required attributes, also within sequences', async () => {
    for (const head of madeHeads) {
      const files = change(head, 'ImageOrientationPatient', 'removed')
      expect(await findRefusal(files), head.name).toMatchObject({
        code: expect.stringMatching(/COVERAGE|ATTRIBUTE_MISSING/),
      })
    }
  })

  it.each([
    ['BodyPartExamined', 'KNEE'],
    ['ScanOptions', 'TOF'],
    ['SliceThickness', '182'],
    ['SeriesDescription', 'T2 tse'],
  ])('finds that %s %s rejects no head', async (keyword, what) => {
    for (const head of madeHeads.slice(0, 3)) {
      expect(await findRefusal(change(head, keyword, what)), head.name).toBeUndefined()
    }
  })
})
