import { describe, expect, it } from 'vitest'
import { silenceBackground } from '../../src/localization/silence-background.ts'
import type { Volume } from '../../src/volume/grid.ts'
import { seededRandom } from '../../tools/seeded-random.ts'

const size = 40
const range = { low: 0, high: 4095 }

/** A ball of brightness 2500 with noise of its own, in air as `air` makes it. */
function ball(air: () => number, noise = 100): { volume: Volume; isAir: boolean[] } {
  const random = seededRandom(3)
  const isAir: boolean[] = []
  const intensities = Float32Array.from({ length: size ** 3 }, (_, at) => {
    const place = [at % size, Math.floor(at / size) % size, Math.floor(at / size ** 2)]
    isAir.push(Math.hypot(...place.map((i) => i - size / 2)) > 14)
    return isAir.at(-1) ? air() : 2500 + noise * Math.sqrt(12) * (random() - 0.5)
  })
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] as const
  return { volume: { dimensions: [size, size, size], affine, intensities }, isAir }
}

describe('a background of noise over the whole range', () => {
  const random = seededRandom(7)
  const { volume, isAir } = ball(() => Math.floor(4096 * random()))

  it('is darkened, and the head in it stays', () => {
    const { intensities } = silenceBackground(volume, range)
    const share = (where: boolean, test: (value: number, at: number) => boolean) => {
      const of = [...intensities.keys()].filter((at) => isAir[at] === where)
      return of.filter((at) => test(intensities[at]!, at)).length / of.length
    }
    expect(share(true, (value) => value === 0)).toBeGreaterThan(0.9)
    expect(share(false, (value, at) => value === volume.intensities[at])).toBeGreaterThan(0.9)
  })

  it('is looked for in vain in other images, which stay what they are', () => {
    const others = [ball(() => 20 * random()), ball(() => 300 * random(), 600)]
    for (const { volume: other } of others) expect(silenceBackground(other, range)).toBe(other)
  })

  it('may hold what is no number', () => {
    const spoilt = volume.intensities.slice().fill(Number.NaN, 0, 900)
    const { intensities } = silenceBackground({ ...volume, intensities: spoilt }, range)
    expect(intensities.filter((value) => value > 0).length).toBeLessThan(0.35 * size ** 3)
  })
})
