import { type ChangeSlope, fitChangeSlope } from '../../../src/models/known-change/change-slope.ts'
import type { DrawnMeasurement } from './measure-drawn.ts'

/** Maps that must not be used in training: hippocampi of 1,747 to 5,120 mm3. The others may be. */
export const heldBackMaps: ReadonlySet<string> = new Set(['01', '03', '05', '10', '14'])

/** True volumes (mm3) that separate the size classes. */
const sizes = [
  { name: 'under 3,000', from: 0, to: 3000 },
  { name: '3,000 to 4,200', from: 3000, to: 4200 },
  { name: 'over 4,200', from: 4200, to: Number.POSITIVE_INFINITY },
] as const

export interface DrawnFigures extends Omit<ChangeSlope, 'withinSlope' | 'points'> {
  readonly model: string
  readonly maps: 'held back' | 'all'
  readonly hippocampi: number
  /** Of these, measured in a box around the label because the product rejected the head. */
  readonly inBoxes: number
  /** Mean of measured over true by size class; undefined for empty classes. */
  readonly ratios: readonly { readonly size: string; readonly mean: number | undefined }[]
}

/**
 * Slopes and ratios of every model over the held-out maps, and over all maps if others were
 * included.
 */
export function summarizeDrawn(measurements: readonly DrawnMeasurement[]): DrawnFigures[] {
  const figures: DrawnFigures[] = []
  for (const [model, own] of Map.groupBy(measurements, (one) => one.model)) {
    const heldBack = own.filter(({ map }) => heldBackMaps.has(map))
    for (const [maps, members] of [
      ['held back', heldBack],
      ['all', own],
    ] as const) {
      if (members.length === 0 || (maps === 'all' && members.length === heldBack.length)) continue
      const found = members.filter(({ measuredMm3 }) => measuredMm3 > 0)
      const { slope, r } = fitChangeSlope(
        found.map((one) => ({ ...one, case: `${one.map} ${one.side}` })),
      )
      const ratios = sizes.map(({ name, from, to }) => {
        const inside = members.filter(({ trueMm3 }) => trueMm3 >= from && trueMm3 < to)
        const sum = inside.reduce((total, one) => total + one.measuredMm3 / one.trueMm3, 0)
        return { size: name, mean: inside.length === 0 ? undefined : sum / inside.length }
      })
      const inBoxes = members.filter(({ how }) => how === 'crop').length
      figures.push({ model, maps, hippocampi: members.length, inBoxes, slope, r, ratios })
    }
  }
  return figures
}
