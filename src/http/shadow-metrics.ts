import { Counter, Histogram, type Registry } from 'prom-client'
import type { ShadowComparison } from '../models/shadow-comparison.ts'

const diceBuckets = [0.5, 0.7, 0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.96, 0.98, 1]
const differenceBuckets = [-30, -20, -15, -10, -7.5, -5, -2.5, 0, 2.5, 5, 7.5, 10, 15, 20, 30]

/** Metrics of the comparison between a second model in shadow mode and the active one. */
export function createShadowMetrics(registry: Registry): (comparison: ShadowComparison) => void {
  const registers = [registry]
  const runs = new Counter({
    name: 'hippovolume_shadow_runs_total',
    help: 'Studies that a second model measured without publishing, by its version.',
    labelNames: ['model', 'state'],
    registers,
  })
  const dice = new Histogram({
    name: 'hippovolume_shadow_dice',
    help: 'Dice between the outlines of the second model and the active one, 0 to 1.',
    labelNames: ['model'],
    buckets: diceBuckets,
    registers,
  })
  const difference = new Histogram({
    name: 'hippovolume_shadow_difference_percent',
    help: 'Volume of the second model relative to the active one, per cent.',
    labelNames: ['model'],
    buckets: differenceBuckets,
    registers,
  })
  return ({ shadow, parts, error }) => {
    const model = `${shadow.name} ${shadow.version}`
    runs.inc({ model, state: error === undefined ? 'compared' : 'failed' })
    for (const { part, activeMm3, shadowMm3, dice: overlap } of parts) {
      if (part !== 'whole') continue
      dice.observe({ model }, overlap)
      if (activeMm3 > 0) difference.observe({ model }, (100 * (shadowMm3 - activeMm3)) / activeMm3)
    }
  }
}
