import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { describeDifferences, studentQuantile } from '../../src/measurement/agreement.ts'
import { openComparisonLog } from '../../src/models/comparison-log.ts'
import type { ShadowComparison } from '../../src/models/shadow-comparison.ts'
import { summarizeComparisons } from '../../src/models/summarize-comparisons.ts'

const active = { name: 'one', version: '1', sha256: 'a'.repeat(64) }
const shadow = { name: 'two', version: '2', sha256: 'b'.repeat(64) }

function comparison(study: string, activeMm3: number, shadowMm3: number, dice = 0.9) {
  return {
    at: `2026-11-2${study.length}T00:00:00.000Z`,
    jobId: `job ${study}`,
    orthancStudyId: study,
    kind: 'crop',
    active,
    shadow,
    parts: [{ side: 'left', part: 'whole', activeMm3, shadowMm3, dice }],
    activeMilliseconds: 100,
    shadowMilliseconds: 200,
  } satisfies ShadowComparison
}

describe('the agreement of two methods', () => {
  it("uses Student's t as tables have it", () => {
    for (const [freedom, table, tolerance] of [
      [3, 3.18245, 0.01],
      [6, 2.44691, 0.001],
      [19, 2.09302, 0.0001],
      [100, 1.98397, 0.0001],
    ] as const) {
      expect(Math.abs(studentQuantile(freedom) / table - 1)).toBeLessThan(tolerance)
    }
  })

  it('gives mean, interval and limits of the differences', () => {
    // 1 to 5: mean 3, standard deviation 1.5811.
    const { meanDifference, interval, limits } = describeDifferences([1, 2, 3, 4, 5])
    expect(meanDifference).toBe(3)
    expect(limits[0]).toBeCloseTo(3 - 1.959964 * Math.sqrt(2.5), 9)
    expect(interval[1]).toBeCloseTo(3 + 2.7764 * Math.sqrt(2.5 / 5), 1)
  })
})

describe('the table of two models', () => {
  it('gives the mean difference, the limits, the overlap, the worst cases and the times', () => {
    const table = summarizeComparisons([
      comparison('a', 3000, 3030, 0.95),
      comparison('bb', 3000, 3090, 0.85),
      comparison('ccc', 3300, 3360, 0.9),
    ])
    expect(table).toMatchObject({ active, shadow, studies: 3, failed: [] })
    expect(table?.rows).toHaveLength(1)
    expect(table?.rows[0]).toMatchObject({
      kind: 'crop',
      side: 'left',
      part: 'whole',
      cases: 3,
      meanActiveMm3: 3100,
      meanDifferenceMm3: 60,
      meanDice: expect.closeTo(0.9),
      worstDice: 0.85,
    })
    const [low, high] = table?.rows[0]?.limitsOfAgreementMm3 ?? []
    expect([low, high]).toEqual([
      expect.closeTo(60 - 1.959964 * 30, 6),
      expect.closeTo(60 + 1.959964 * 30, 6),
    ])
    expect(table?.worst.map(({ jobId }) => jobId)).toEqual(['job bb', 'job ccc', 'job a'])
    expect(table?.milliseconds).toEqual({ activeMedian: 100, shadowMedian: 200, shadow95: 200 })
  })

  it('counts a study that was run again once, with its last comparison', () => {
    const table = summarizeComparisons([comparison('a', 3000, 3300), comparison('a', 3000, 3010)])
    expect(table?.rows[0]).toMatchObject({ cases: 1, meanDifferenceMm3: 10 })
    expect(table?.rows[0]).not.toHaveProperty('limitsOfAgreementMm3')
  })

  it('counts failures of the second model, by code', () => {
    const error = {
      code: 'INFERENCE_FAILED',
      stage: 'infer',
      retryable: true,
      message: 'No.',
    } as const
    const table = summarizeComparisons([
      comparison('a', 3000, 3010),
      { ...comparison('b', 0, 0), parts: [], error },
    ])
    expect(table).toMatchObject({ studies: 2, failed: [{ code: 'INFERENCE_FAILED', studies: 1 }] })
  })

  it('is undefined without a comparison', () => {
    expect(summarizeComparisons([])).toBeUndefined()
  })
})

describe('the log of comparisons', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-comparisons-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('keeps them for each pair across restarts, and skips an incomplete line', async () => {
    const log = openComparisonLog(join(folder, 'kept'))
    await Promise.all([log.add(comparison('a', 1, 2)), log.add(comparison('b', 3, 4))])
    const [name = ''] = readdirSync(join(folder, 'kept'))
    appendFileSync(join(folder, 'kept', name), '{"at":"2026')
    const again = openComparisonLog(join(folder, 'kept'))
    expect((await again.read(active, shadow)).map((one) => one.orthancStudyId)).toEqual(['a', 'b'])
    expect(await again.read(shadow, active)).toEqual([])
    expect(await again.readLatest()).toHaveLength(2)
  })

  it('does not grow without limit', async () => {
    const log = openComparisonLog(join(folder, 'small'), 1_000)
    for (let i = 0; i < 30; i++) await log.add(comparison(String(i), 1, 2))
    const kept = await log.read(active, shadow)
    expect(kept.length).toBeLessThan(10)
    expect(kept.at(-1)?.orthancStudyId).toBe('29')
  })
})
