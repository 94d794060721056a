import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readTemplate } from '../../src/localization/template.ts'

const file = (name: string) =>
  readFileSync(new URL(`../../models/head-template/${name}`, import.meta.url))

describe('the head template', () => {
  const template = readTemplate()
  const { positions, intensities } = template.levels[0].pick(1)

  it('is the one its header describes', () => {
    const header = JSON.parse(file('head-template.json').toString())
    expect(createHash('sha256').update(file('head-template.u8')).digest('hex')).toBe(header.sha256)
  })

  it('has a brain of the stated volume', () => {
    const points = (positions.length / 3) * 4 ** 3
    expect(points / template.intracranialVolumeMm3).toBeCloseTo(1, 1)
  })

  it('is symmetric', () => {
    const at = new Map<string, number>()
    intensities.forEach((value, i) => {
      at.set(positions.slice(3 * i, 3 * i + 3).join(), value)
    })
    const differences = [...at].map(([key, value]) => {
      const [x, y, z] = key.split(',').map(Number) as [number, number, number]
      return Math.abs(value - (at.get([0 - x, y, z].join()) ?? Number.NaN))
    })
    expect(Math.max(...differences)).toBe(0)
    const { left, right } = template.hippocampi
    expect(left).toEqual([-right[0], right[1], right[2]])
    expect(left[0]).toBeGreaterThan(0)
  })

  it('excludes the surface of the brain from its inner points', () => {
    const inner = template.levels[0].pickInner(1)
    expect(inner.intensities.length / intensities.length).toBeGreaterThan(0.6)
    expect(inner.intensities.length / intensities.length).toBeLessThan(0.8)
    const all = new Set(Array.from(intensities, (_, i) => positions.slice(3 * i, 3 * i + 3).join()))
    let outside = 0
    for (let i = 0; i < inner.intensities.length; i++) {
      const [x, y, z] = inner.positions.subarray(3 * i, 3 * i + 3) as unknown as [
        number,
        number,
        number,
      ]
      const around = [-8, 8].flatMap((mm) => [
        [x + mm, y, z],
        [x, y + mm, z],
        [x, y, z + mm],
      ])
      if (!around.every((place) => all.has(place.join()))) outside++
    }
    expect(outside).toBe(0)
  })

  it('samples points symmetrically on both sides', () => {
    const few = template.levels[2].pick(4).positions.filter((_, i) => i % 3 === 0)
    expect(few.filter((x) => x > 0).length).toBe(few.filter((x) => x < 0).length)
  })
})
