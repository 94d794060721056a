import { describe, expect, it } from 'vitest'
import { checkPicture } from '../../src/measurement/quality/check-picture.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

const grid = makeGrid([48, 48, 48])
const intensitiesOf = (seed: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: 31 }, () => 40 + Math.floor(200 * random()))
}

/** 0 outside a ball; inside, blocks of 6 mm that each have one of 30 labels. */
function labelAt([x, y, z]: Vector3): number {
  if (Math.hypot(x - 24, y - 24, z - 24) > 22) return 0
  const [a, b, c] = [x, y, z].map((mm) => Math.floor(mm / 6)) as [number, number, number]
  return 1 + ((a * 7 + b * 11 + c * 13) % 30)
}
const labels = paint(grid, labelAt)
const change = (volume: Volume, to: (value: number, index: number) => number): Volume => ({
  ...volume,
  intensities: volume.intensities.map(to),
})
const recode = (seed = 1) => {
  const intensities = intensitiesOf(seed)
  return change(labels, (label) => (label === 0 ? 0 : intensities[label]!))
}
/** The same tissues as a scanner shows them: with noise, and air that is not quite empty. */
function photograph(noise = 6): Volume {
  const random = seededRandom(9)
  return change(recode(), (value) =>
    Math.abs(value + noise * (random() + random() + random() - 1.5)),
  )
}

/** The mean of each voxel and its neighbours, so many times. */
function blur(volume: Volume, times = 1): Volume {
  const { dimensions, intensities } = volume
  let from = intensities
  for (let round = 0; round < times; round++) {
    for (const step of [1, dimensions[0], dimensions[0] * dimensions[1]]) {
      const last = from
      from = last.map((value, i) => (value + (last[i - step] ?? 0) + (last[i + step] ?? 0)) / 3)
    }
  }
  return { ...volume, intensities: from }
}
const quantise = (volume: Volume, levels: number) => {
  const greatest = volume.intensities.reduce((a, b) => Math.max(a, b))
  return change(volume, (value) => Math.round((value / greatest) * (levels - 1)))
}
const mask = (volume: Volume) =>
  change(volume, (value, i) => (labels.intensities[i]! > 0 ? value : 0))
const halve = (volume: Volume) => {
  const [columns, rows] = volume.dimensions
  const coarse = makeGrid([24, 24, 24], [2, 2, 2])
  return paint(coarse, ([x, y, z]) => volume.intensities[x + columns * (y + rows * z)]!)
}
function scatter(values: number): Volume {
  const random = seededRandom(4)
  return change(labels, () => 50 + Math.floor(values * random()))
}
const probability = (sharpness: number) =>
  change(blur(change(labels, (label) => Number(label > 0 && label < 16))), (value) =>
    Math.min(1, Math.max(0, 0.5 + sharpness * (value - 0.5))),
  )

describe('the gate that asks for a picture', () => {
  it.each<[string, Volume]>([
    ['a picture', photograph()],
    ['one of 8 bits', quantise(photograph(), 256)],
    ['one of 40 levels', quantise(photograph(), 40)],
    ['a smoothed one', blur(photograph(), 3)],
    ['a smoothed one of 8 bits', quantise(blur(photograph(), 3), 256)],
    ['a smoothed one of 40 levels', quantise(blur(photograph(), 2), 40)],
    ['a skull-stripped one', mask(photograph())],
    ['a skull-stripped one around 0', mask(change(photograph(), (value) => value - 150))],
    ['one at 2 mm', halve(photograph())],
    [
      'one whose white matter is set to one value, as FreeSurfer does',
      change(quantise(photograph(), 200), (value, i) => (labels.intensities[i]! < 7 ? 110 : value)),
    ],
  ])('lets %s pass', (_what, volume) => {
    const { verdict, sentence } = checkPicture(volume, 'head')
    expect(sentence).toMatch(/ distinct values, distributed as in an image\.$/)
    expect(verdict).toBe('measured')
  })

  it.each<[string, Volume, RegExp]>([
    ['a label map', labels, /^These images hold 31 distinct values, and \d+ % .*not an image/],
    ['a tissue map of seven values', change(labels, (label) => label % 7), /hold 7 distinct/],
    ['a picture cut down to four values', quantise(photograph(), 4), /hold 4 distinct values/],
    ['ten values without any order', scatter(10), /hold 10 distinct values: a map/],
    ['a label map drawn in intensities', recode(), /uniform patches/],
    ['a blurred label map', blur(recode()), /uniform patches/],
    ['a blurred label map of 8 bits', quantise(blur(recode()), 256), /uniform patches/],
    ['a mask', change(labels, (label) => Number(label > 0)), /2 distinct values/],
    ['a blurred mask', blur(change(labels, (label) => Number(label > 0))), /uniform patches/],
    ['a map of probabilities', probability(2), /uniform patches|maximum value/],
    ['the same in 8 bits', quantise(probability(2), 256), /uniform patches|maximum value/],
  ])('refuses %s', (_what, volume, sentence) => {
    const finding = checkPicture(volume, 'head')
    expect(finding.sentence).toMatch(sentence)
    expect(finding).toMatchObject({ check: 'PICTURE', verdict: 'rejected' })
  })

  it('is not affected by a single voxel far darker than all others', () => {
    const picture = photograph()
    const stray = change(picture, (value, index) => (index === 3 ? -32768 : value))
    expect(checkPicture(stray, 'head').verdict).toBe('measured')
    expect(checkPicture(stray, 'head').value).toBe(checkPicture(picture, 'head').value)
  })

  it('rejects a blurred mask in a mostly empty crop', () => {
    const small = change(labels, (_, i) => {
      const [x, y, z] = [i % 48, Math.floor(i / 48) % 48, Math.floor(i / 2304)]
      return Number(Math.hypot(x - 24, (y - 24) / 3, z - 24) < 4)
    })
    const finding = checkPicture(blur(small, 3), 'crop')
    expect(finding.verdict).toBe('rejected')
    expect(checkPicture(photograph(), 'crop').verdict).toBe('measured')
  })

  it('ignores images of one value, which have a separate error', () => {
    expect(
      checkPicture(
        change(labels, () => 7),
        'crop',
      ).verdict,
    ).toBe('measured')
  })
})
