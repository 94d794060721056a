import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { writeCsv } from '../../src/research/write-csv.ts'

async function writeCell(cell: string): Promise<string> {
  async function* rows() {
    yield { a: cell }
  }
  const table = await text(writeCsv(rows(), ['a']))
  return table.split('\r\n')[1] ?? ''
}

describe('a cell of a table', () => {
  it.each([
    ['=1+1', "'=1+1"],
    [' =1+1', "'=1+1"],
    ['\u202e=1+1', "'=1+1"],
    ['\uff1d1+1', "'\uff1d1+1"],
  ])('starts no formula: %j', async (given, expected) => {
    expect(await writeCell(given)).toBe(expected)
  })

  it.each(['note;=1+1', 'note; =1+1', 'note;-1', 'note\t@x', 'note|+1', 'a;\u200b=1'])(
    'starts no formula with another separator either: %j',
    async (given) => {
      const written = (await writeCell(given)).replace(/^"|"$/g, '')
      for (const part of written.split(/[;\t|]/)) expect(part.trim()).not.toMatch(/^[=+\-@]/)
    },
  )

  it('keeps other texts', async () => {
    expect(await writeCell('T1 - axial; 3 mm')).toBe('T1 - axial; 3 mm')
  })
})
