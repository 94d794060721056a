import { describe, expect, it } from 'vitest'
import { fitShading, shadeOf } from '../../src/localization/shading.ts'
import { readTemplate } from '../../src/localization/template.ts'

const { levels, center } = readTemplate()
const points = levels[0].pickInner(2)

/** What a head like the template shows at each point under a coil. */
function show(coil: (x: number, y: number, z: number) => number): Float32Array {
  return points.intensities.map(
    (value, i) =>
      (40 + 3 * value) *
      coil(
        (points.positions[3 * i]! - center[0]) / 80,
        (points.positions[3 * i + 1]! - center[1]) / 80,
        (points.positions[3 * i + 2]! - center[2]) / 80,
      ),
  )
}

const spreadOf = (values: Float32Array) => Math.max(...values) / Math.min(...values)

describe('the shading of a coil', () => {
  it.each<[string, (x: number, y: number, z: number) => number]>([
    ['is flat where there is none', () => 1],
    ['is found where one side is twice as bright', (x) => 1 + 0.33 * x],
    ['is found where the middle is dark', (x, y, z) => 0.6 + 0.5 * (x * x + y * y + z * z)],
  ])('%s', (_, coil) => {
    const shown = show(coil)
    const shade = shadeOf(fitShading(points, center, shown, 3)!, points)
    const even = shown.map((value, i) => value / shade[i]! / (40 + 3 * points.intensities[i]!))
    expect(spreadOf(even)).toBeLessThan(1.03)
  })

  it('is not affected by a bright lesion', () => {
    const shown = show(() => 1)
    for (let i = 0; i < shown.length; i++) {
      const [x, y, z] = points.positions.subarray(3 * i, 3 * i + 3)
      if (Math.hypot(x! - 30, y! - 20, z! - 20) < 15) shown[i]! *= 2.5
    }
    const shade = shadeOf(fitShading(points, center, shown, 2)!, points)
    expect(spreadOf(shade)).toBeLessThan(1.25)
  })

  it('is found from a part of the brain', () => {
    const shown = show((x) => 1 + 0.33 * x)
    const below = shown.map((value, i) => (points.positions[3 * i + 2]! > 30 ? Number.NaN : value))
    const shade = shadeOf(fitShading(points, center, below, 2)!, points)
    const even = below.map((value, i) => value / shade[i]! / (40 + 3 * points.intensities[i]!))
    expect(spreadOf(even.filter((value) => !Number.isNaN(value)))).toBeLessThan(1.03)
  })

  it('is undefined if head and template are not positively correlated', () => {
    const inverted = points.intensities.map((value) => 300 - value)
    expect(fitShading(points, center, inverted, 3)).toBeUndefined()
  })
})
