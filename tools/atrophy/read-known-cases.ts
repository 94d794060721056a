import { type LeftOut, readCases } from '../../src/models/read-cases.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { voxelVolumeOf } from '../../src/volume/patient-affine.ts'
import { readHeads } from '../evaluate/heads/read-heads.ts'
import { bothSides, type KnownCase, type Side } from './known-case.ts'

function countMm3({ affine }: Volume, labels: Uint8Array, values: readonly number[]): number {
  let count = 0
  for (const label of labels) if (values.includes(label)) count++
  return count * voxelVolumeOf(affine)
}

/** Crops (images/ and labels/) of one side: every usable one, or the reason why not. */
export function* readKnownCrops(
  folder: string,
  side: Side,
  only: ReadonlySet<string> | undefined,
): Generator<KnownCase | LeftOut> {
  for (const found of readCases(folder, only)) {
    if ('reason' in found) {
      yield found
      continue
    }
    const { name, volume, truth } = found
    const values = [1, 2]
    const trueMm3 = countMm3(volume, truth, values)
    yield { name, kind: 'crop', volume, labels: truth, hippocampi: [{ side, values, trueMm3 }] }
  }
}

/** Whole heads, ID_t1 with ID_hippocampus (1 left, 2 right). */
export function* readKnownHeads(
  folder: string,
  only: ReadonlySet<string> | undefined,
): Generator<KnownCase> {
  for (const { name, volume, truth } of readHeads(folder, only)) {
    const hippocampi = bothSides.map((side, index) => {
      const values = [index + 1]
      return { side, values, trueMm3: countMm3(volume, truth.labels, values) }
    })
    yield { name, kind: 'head', volume, labels: truth.labels, hippocampi }
  }
}
