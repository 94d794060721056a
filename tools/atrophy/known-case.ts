import type { Vector3, Volume } from '../../src/volume/grid.ts'

export const bothSides = ['left', 'right'] as const
export type Side = (typeof bothSides)[number]

/** An image whose hippocampi are outlined by hand. */
export interface KnownCase {
  readonly name: string
  readonly kind: 'crop' | 'head'
  readonly volume: Volume
  /** On the volume's grid. */
  readonly labels: Uint8Array
  /** What marks each outlined hippocampus, and its volume. */
  readonly hippocampi: readonly {
    readonly side: Side
    readonly values: readonly number[]
    readonly trueMm3: number
  }[]
}

/** Measures the hippocampi of an image, mm3 a side; rejects with a sentence where the product refuses. */
export type MeasureSides = (
  volume: Volume,
  known: KnownCase,
) => Promise<Partial<Readonly<Record<Side, number>>>>

/** A number that is the same for the same words. */
export function seedOf(...words: readonly string[]): number {
  let seed = 2_166_136_261
  for (const char of words.join(' ')) seed = Math.imul(seed ^ char.charCodeAt(0), 16_777_619)
  return seed >>> 0
}

export const countVoxels = ([columns, rows, slices]: Vector3) => columns * rows * slices
