import { describe, expect, it } from 'vitest'
import { selectRank } from '../../src/volume/select-rank.ts'
import { seededRandom } from '../../tools/seeded-random.ts'

describe('the value of a rank', () => {
  it.each([1, 2, 7, 600, 5000])('is the one from sorting %i values', (count) => {
    const random = seededRandom(count)
    // Few different values, so that many are equal.
    const values = Float32Array.from({ length: count }, () => Math.floor(random() * 40) - 20)
    const sorted = values.slice().sort()
    for (const rank of [0, count >> 1, Math.floor(0.95 * count), count - 1]) {
      expect(selectRank(values.slice(), rank)).toBe(sorted[rank])
    }
    // Asked again and again of the same values, which each answer rearranges.
    for (let rank = 0; rank < count; rank += 97) {
      expect(selectRank(values, rank)).toBe(sorted[rank])
    }
  })
})
