import { Counter, Histogram, type Registry } from 'prom-client'
import { type MeasuredResult, outcomeOf } from '../outcome/outcome.ts'
import type { JobEnding } from '../queue/job-store.ts'

/**
 * Cubic millimetres. Steps of 250 in the range of adult hippocampi: half a standard deviation of
 * the whole (about 3,300 +- 450), one of a part; a median read from them is accurate to a few per
 * cent.
 */
const volumeBuckets = [
  500, 750, 1000, 1250, 1500, 1750, 2000, 2250, 2500, 2750, 3000, 3250, 3500, 3750, 4000, 4250,
  4500, 5000, 5500, 6500,
]
/**
 * Dice that the network predicts for its own outline: limits of the gates are 0.78, 0.88 and 0.92.
 */
const confidenceBuckets = [0.5, 0.7, 0.78, 0.82, 0.85, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98, 1]
/** Cubic centimetres. */
const intracranialBuckets = [1000, 1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900, 2000]

/**
 * Counts the findings of jobs: verdicts on series and quality, and the distributions of volumes and
 * the model's certainty, to detect drift. Only new results are counted. Labels are codes, sides and
 * model versions, never patient data.
 */
export function createResultMetrics(registry: Registry): (ending: JobEnding) => void {
  const registers = [registry]
  const series = new Counter({
    name: 'hippovolume_series_verdicts_total',
    help: 'Series of the analysed studies, by the code of their verdict.',
    labelNames: ['reason'],
    registers,
  })
  const findings = new Counter({
    name: 'hippovolume_quality_findings_total',
    help: 'Findings of the quality gates.',
    labelNames: ['check', 'verdict'],
    registers,
  })
  const results = new Counter({
    name: 'hippovolume_results_total',
    help: 'Results, by what was measured, the worst finding and the model.',
    labelNames: ['kind', 'verdict', 'model'],
    registers,
  })
  const volumes = new Histogram({
    name: 'hippovolume_volume_mm3',
    help: 'Measured volumes in cubic millimetres.',
    labelNames: ['side', 'part', 'model'],
    buckets: volumeBuckets,
    registers,
  })
  const confidence = new Histogram({
    name: 'hippovolume_confidence',
    help: 'Dice that the model predicts for its own outline, 0 to 1.',
    labelNames: ['side', 'model'],
    buckets: confidenceBuckets,
    registers,
  })
  const intracranial = new Histogram({
    name: 'hippovolume_intracranial_volume_cm3',
    help: 'Estimated intracranial volumes of whole heads in cubic centimetres.',
    buckets: intracranialBuckets,
    registers,
  })

  function observeResult(result: MeasuredResult): void {
    const model = `${result.model.name} ${result.model.version}`
    results.inc({ kind: result.kind ?? '', verdict: result.verdict ?? '', model })
    for (const { side, anteriorMm3, posteriorMm3, totalMm3 } of result.volumes) {
      volumes.observe({ side, part: 'anterior', model }, anteriorMm3)
      volumes.observe({ side, part: 'posterior', model }, posteriorMm3)
      volumes.observe({ side, part: 'whole', model }, totalMm3)
    }
    for (const { side, ownEstimate } of result.confidence ?? []) {
      confidence.observe({ side, model }, ownEstimate)
    }
    const { mm3 } = result.intracranialVolume ?? {}
    if (mm3 !== undefined) intracranial.observe(mm3 / 1000)
  }

  return (ending) => {
    if (ending.state !== 'succeeded' && ending.state !== 'rejected') return
    const { verdicts = [], result, rejection } = outcomeOf(ending) ?? {}
    for (const { reason } of verdicts) series.inc({ reason })
    for (const { check, verdict } of [...(result?.quality ?? []), ...(rejection?.quality ?? [])]) {
      findings.inc({ check, verdict })
    }
    if (ending.state === 'succeeded' && result !== undefined) observeResult(result)
  }
}
