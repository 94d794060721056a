import type { OutlinedHead } from '../../src/longitudinal/measure-change.ts'
import { middlesOfOutlines } from '../../src/longitudinal/middles-of-outlines.ts'
import { type MeasuringTools, measureHead } from '../../src/measuring/measure-head.ts'
import type { Volume } from '../../src/volume/grid.ts'

/** A visit measured separately by the product. */
export interface MeasuredVisit extends OutlinedHead {
  readonly volumesMm3: { readonly left: number; readonly right: number }
}

/** Measures one visit like the product. Rejects with the product's sentence if it does. */
export async function measureVisit(volume: Volume, tools: MeasuringTools): Promise<MeasuredVisit> {
  const step = async <T>(_stage: string, run: () => T | Promise<T>) => run()
  const { localization, labelMap, volumes } = await measureHead(volume, tools, [], step, undefined)
  const [left, right] = volumes
  return {
    volume,
    localization,
    middles: middlesOfOutlines(labelMap)!,
    volumesMm3: { left: left.totalMm3, right: right.totalMm3 },
  }
}
