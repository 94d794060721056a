import type { Volume } from '../../src/volume/grid.ts'

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

/** Measures the hippocampi of an image, mm3 a side; rejects with a sentence if the product does. */
export type MeasureSides = (
  volume: Volume,
  known: KnownCase,
) => Promise<Partial<Readonly<Record<Side, number>>>>
