import { describe, expect, it } from 'vitest'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { interpretVolumes } from '../../src/pipeline/interpret-volumes.ts'
import { describeHead, describeRefusedHead, headColumns } from '../../src/research/head-row.ts'
import { writeCsv } from '../../src/research/write-csv.ts'
import { madeUpHorns } from '../support/made-up-result.ts'
import { readCsv } from './read-csv.ts'

const { model: name, from: version } = builtinNorms.calibrations.at(-1)!
const volumesOf = (left: 'left' | 'unknown', right: 'right' | 'unknown') => [
  { side: left, anteriorMm3: 1600, posteriorMm3: 1500, totalMm3: 3100 },
  { side: right, anteriorMm3: 1700, posteriorMm3: 1500, totalMm3: 3200 },
]
const person = { id: 'a', ageYears: 60, sex: 'F' } as const
const intracranialVolume = { mm3: 1_450_000.4, standardErrorMm3: 70_000 }
function measure(volumes: ReturnType<typeof volumesOf>, who: typeof person | undefined) {
  const measured = { volumes, intracranialVolume }
  const asked = who ?? { ageYears: undefined, sex: undefined }
  const { norms, asymmetry } = interpretVolumes(
    measured,
    asked,
    undefined,
    { name, version },
    builtinNorms,
  )
  const quality = [{ check: 'NOISE', verdict: 'warning', sentence: 'It is noisy.' }] as const
  return { ...measured, norms, asymmetry, verdict: 'warning', quality } as const
}

describe('the row of a head', () => {
  it('holds volumes, z scores and percentiles with their intervals, as the norms give them', () => {
    const measured = measure(volumesOf('left', 'right'), person)
    const row = describeHead('a', person, measured)
    expect(row).toMatchObject({
      id: 'a',
      age: 60,
      sex: 'F',
      left_mm3: 3100,
      right_anterior_mm3: 1700,
      icv_mm3: 1_450_000,
      asymmetry: -3.17,
      verdict: 'warning',
      warnings: 'It is noisy.',
    })
    if (!measured.norms.compared) throw new Error(measured.norms.sentence)
    const [left] = measured.norms.sides
    expect(row.left_z).toBeCloseTo(left!.zScore.value, 3)
    expect(row.left_percentile_low).toBeCloseTo(left!.percentile.low, 2)
    expect(row.left_z_low).toBeLessThan(row.left_z as number)
    expect(Object.keys(row).filter((column) => !headColumns.includes(column))).toEqual([])
  })

  it('holds horn and occupancy of a side that has them', () => {
    const measured = { ...measure(volumesOf('left', 'right'), person), horns: madeUpHorns }
    expect(describeHead('a', person, measured)).toMatchObject({
      left_temporal_horn_mm3: 700.5,
      left_occupancy: 0.8,
    })
    expect(describeHead('a', person, measured).right_occupancy).toBeUndefined()
  })

  it('gives no volume for an unknown side, with a note', () => {
    const row = describeHead('a', person, measure(volumesOf('unknown', 'unknown'), person))
    expect(row.left_mm3).toBeUndefined()
    expect(row.asymmetry).toBeUndefined()
    expect(row.icv_mm3).toBe(1_450_000)
    expect(row.warnings).toMatch(/sides are not known/)
  })

  it('gives the reason for a missing comparison only if it was requested', () => {
    const old = { ...person, ageYears: 119 as unknown as 60 }
    const row = describeHead('a', old, measure(volumesOf('left', 'right'), old))
    expect(row.left_z).toBeUndefined()
    expect(row.warnings).toMatch(/cover ages of/)
    const nobody = describeHead('a', undefined, measure(volumesOf('left', 'right'), undefined))
    expect(nobody.warnings).toBe('It is noisy.')
  })

  it('exists for a rejected head, with the reason and without numbers', async () => {
    const refused = describeRefusedHead('=b', person, {
      code: 'HEAD_NOT_FOUND',
      message: 'No head, "really".',
    })
    async function* rows() {
      yield refused
    }
    const text = (await writeCsv(rows(), headColumns).toArray()).join('')
    expect(text.split('\r\n')[0]).toBe(headColumns.join(','))
    const [cells] = readCsv(text)
    expect(cells).toMatchObject({ id: "'=b", verdict: 'rejected', error: 'HEAD_NOT_FOUND' })
    expect(cells!.reason).toBe('No head, "really".')
    const numbers = headColumns.filter((column) => /mm3|_z|percentile|asymmetry/.test(column))
    expect(numbers.map((column) => cells![column]).join('')).toBe('')
  })
})
