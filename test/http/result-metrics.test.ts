import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { HippoError, recordError } from '../../src/errors.ts'
import { createResultMetrics } from '../../src/http/result-metrics.ts'

const outcome = {
  verdicts: [
    { reason: 'CHOSEN', seriesDescription: 'Meier, Anna', seriesInstanceUid: '1.2.3' },
    { reason: 'THICK_SLICES', sentence: 'Meier' },
    { reason: 'THICK_SLICES' },
  ],
  result: {
    kind: 'head',
    verdict: 'warning',
    quality: [{ check: 'NOISE', verdict: 'warning', sentence: 'Noisy.' }],
    volumes: [
      { side: 'left', anteriorMm3: 1601, posteriorMm3: 1500, totalMm3: 3101 },
      { side: 'right', anteriorMm3: 1700, posteriorMm3: 1650, totalMm3: 3350 },
    ],
    confidence: [{ side: 'left', ownEstimate: 0.91 }],
    intracranialVolume: { mm3: 1_450_000 },
    model: { name: 'unet', version: '1.2.0' },
  },
}

async function count(...endings: Parameters<ReturnType<typeof createResultMetrics>>[0][]) {
  const registry = new Registry()
  const observe = createResultMetrics(registry)
  for (const ending of endings) observe(ending)
  return registry.metrics()
}

describe('what jobs found, in metrics', () => {
  const succeeded = { state: 'succeeded', outcome, predecessorJobId: undefined } as const

  it('counts verdicts on series and findings of the gates by their codes', async () => {
    const text = await count(succeeded)
    expect(text).toContain('hippovolume_series_verdicts_total{reason="THICK_SLICES"} 2')
    expect(text).toContain('hippovolume_quality_findings_total{check="NOISE",verdict="warning"} 1')
    expect(text).toContain(
      'hippovolume_results_total{kind="head",verdict="warning",model="unet 1.2.0"} 1',
    )
  })

  it('puts each volume into its bucket, by side, part and version of the model', async () => {
    const text = await count(succeeded)
    const whole = 'side="left",part="whole",model="unet 1.2.0"'
    expect(text).toContain(`hippovolume_volume_mm3_bucket{le="3000",${whole}} 0`)
    expect(text).toContain(`hippovolume_volume_mm3_bucket{le="3250",${whole}} 1`)
    expect(text).toContain(`hippovolume_volume_mm3_sum{${whole}} 3101`)
    expect(text).toContain(
      'hippovolume_volume_mm3_sum{side="right",part="posterior",model="unet 1.2.0"} 1650',
    )
    expect(text).toContain('hippovolume_intracranial_volume_cm3_sum 1450')
    expect(text).toContain(
      'hippovolume_confidence_bucket{le="0.92",side="left",model="unet 1.2.0"} 1',
    )
  })

  it('does not count an existing result again', async () => {
    const text = await count({ state: 'unchanged', outcome, predecessorJobId: 'a' })
    expect(text).not.toContain('unet')
    expect(text).not.toContain('THICK_SLICES')
  })

  it('counts the findings about a rejected series, and no volume', async () => {
    const error = recordError(new HippoError('QUALITY_REJECTED', 'Too noisy.'))
    const rejection = { quality: [{ check: 'NOISE', verdict: 'rejected' }] }
    const text = await count({ state: 'rejected', error, outcome: { verdicts: [], rejection } })
    expect(text).toContain('hippovolume_quality_findings_total{check="NOISE",verdict="rejected"} 1')
    expect(text).not.toContain('hippovolume_volume_mm3_count{')
  })

  it('shows nothing of a patient or a series', async () => {
    expect(await count(succeeded)).not.toMatch(/Meier|1\.2\.3/)
  })

  it('accepts an outcome of another version', async () => {
    await count({ state: 'succeeded', outcome: undefined, predecessorJobId: undefined })
    await count({ state: 'succeeded', outcome: { verdicts: [] }, predecessorJobId: undefined })
  })
})
