import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { calibrate } from '../../src/commands/norms.ts'
import { readTable } from '../../src/commands/read-table.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { parseNorms } from '../../src/measurement/norms/parse-norms.ts'
import { type Line, makeTables } from '../measurement/make-cohort.ts'

const folder = mkdtempSync(join(tmpdir(), 'hippovolume-norms-'))
afterAll(() => rmSync(folder, { recursive: true }))

function writeTable(name: string, lines: readonly Line[]): string {
  const names = Object.keys(lines[0]!)
  const rows = [names, ...lines.map((line) => names.map((column) => line[column]!))]
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => row.join(',')).join('\r\n'))
  return path
}

describe('norms calibrate', () => {
  const output = join(folder, 'site-norms.json')
  const run = ({ people, results }: ReturnType<typeof makeTables>) =>
    calibrate({
      people: writeTable('people.csv', people),
      results: writeTable('results.csv', results),
      output,
      site: 'Hospital A',
      model: 'builtin',
    })

  it('writes norms that the service accepts, with the site first, and a page about them', async () => {
    // As the shipped model measures, whichever that is.
    const { ratio } = builtinNorms.calibrations[0]!.whole
    expect(await run(makeTables({ ratio }))).toBe(0)
    const norms = parseNorms(JSON.parse(readFileSync(output, 'utf8')))
    expect(norms.calibrations[0]).toMatchObject({ sites: 1, people: 40 })
    expect(norms.calibrations.length).toBeGreaterThan(1)
    const png = readFileSync(join(folder, 'site-norms.png'))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1240, 1754])
  })

  it('rejects ten people with a sentence, and writes nothing', async () => {
    rmSync(output, { force: true })
    await expect(run(makeTables({ count: 10 }))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringMatching(/at least 20 are needed/),
    })
    expect(() => readFileSync(output)).toThrow()
  })
})

describe('a table', () => {
  it('is read with quotes, semicolons, a byte order mark, and any case of its header', async () => {
    const path = join(folder, 'table.csv')
    writeFileSync(path, '\uFEFFID;Age;note\r\na;61;"one; ""two""\nthree"\r\n\r\nb;62;\r\n')
    expect(await readTable(path, ['id', 'age'])).toEqual([
      { id: 'a', age: '61', note: 'one; "two"\nthree' },
      { id: 'b', age: '62', note: '' },
    ])
  })

  it('names a missing column', async () => {
    const path = join(folder, 'short.csv')
    writeFileSync(path, 'id,age\na,61\n')
    await expect(readTable(path, ['id', 'sex'])).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringMatching(/no column sex/),
    })
  })
})
