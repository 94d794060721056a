import { measureHippocampus } from '../measurement/measure-hippocampus.ts'
import { diceOf } from '../measurement/overlap.ts'
import type { LabelMap } from '../volume/grid.ts'

export const structures = ['anterior', 'posterior', 'whole'] as const
export type Structure = (typeof structures)[number]

/** Score of one structure; the error is signed, in per cent of the manual volume. */
export interface StructureScore {
  readonly dice: number
  readonly volumeMm3: number
  readonly manualMm3: number
  /** Null if nothing was traced. */
  readonly volumeErrorPercent: number | null
}
export type CaseScores = Readonly<Record<Structure, StructureScore>>

const belongsTo: Record<Structure, (label: number) => boolean> = {
  anterior: (label) => label === 1,
  posterior: (label) => label === 2,
  whole: (label) => label > 0,
}

/** Compares a label map with manual labels on its grid, per structure. */
export function scoreLabels(found: LabelMap, truth: Uint8Array): CaseScores {
  const ours = measureHippocampus(found, 'unknown')
  const manual = measureHippocampus({ ...found, labels: truth }, 'unknown')
  const score = (structure: Structure, volumeMm3: number, manualMm3: number): StructureScore => ({
    dice: diceOf(found.labels, truth, belongsTo[structure]),
    volumeMm3,
    manualMm3,
    volumeErrorPercent: manualMm3 > 0 ? (100 * (volumeMm3 - manualMm3)) / manualMm3 : null,
  })
  return {
    anterior: score('anterior', ours.anteriorMm3, manual.anteriorMm3),
    posterior: score('posterior', ours.posteriorMm3, manual.posteriorMm3),
    whole: score('whole', ours.totalMm3, manual.totalMm3),
  }
}
