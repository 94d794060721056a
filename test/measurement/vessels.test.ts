import { describe, expect, it } from 'vitest'
import { checkVessels } from '../../src/measurement/quality/check-vessels.ts'
import { measureBrightShare } from '../../src/measurement/quality/measure-bright-share.ts'
import { brightenVessels } from '../../tools/gate-study/brighten-vessels.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { addNoise } from '../../tools/spoil-head/degrade.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

/** The surroundings of a left hippocampus: white matter, grey matter in the middle, fluid beside it. */
const box = paint(makeGrid([36, 50, 36], [1, 1, 1], [0, 0, 0], [-17.5, -24.5, -17.5]), (point) => {
  const [x, y, z] = point
  if (Math.hypot(x, y / 2, z) < 7) return 600
  if (x < -9 || z > 13) return 200
  return 900
})
const place = {
  centers: { left: [0, 0, 0], right: [-200, 0, 0] },
  headAxes: { right: [-1, 0, 0], anterior: [0, -1, 0], superior: [0, 0, 1] },
} as const

describe('bright vessels next to a hippocampus', () => {
  it('are absent if nothing is brighter than white matter, with or without noise', () => {
    expect(measureBrightShare(box)).toBe(0)
    expect(measureBrightShare(addNoise(box, 0.1, seededRandom(1)))).toBeLessThan(0.002)
    expect(checkVessels('left', 0).verdict).toBe('measured')
  })

  it('are reported after a contrast agent', () => {
    const share = measureBrightShare(brightenVessels(box, place, 900 * 1.6))
    expect(share).toBeGreaterThan(0.01)
    const finding = checkVessels('left', share)
    expect(finding).toMatchObject({ check: 'BRIGHT_VESSELS', verdict: 'warning', side: 'left' })
    expect(finding.sentence).toMatch(/as after a contrast agent/)
  })

  it('never fill a tenth of the surroundings', () => {
    expect(checkVessels('left', 0.03).verdict).toBe('warning')
    expect(checkVessels('left', 0.12).verdict).toBe('measured')
  })

  it('do not count in the corners of the box, where the skull base lies', () => {
    const corner = { ...box, intensities: box.intensities.slice() }
    for (let k = 0; k < 6; k++) {
      for (let j = 0; j < 8; j++) {
        for (let i = 0; i < 6; i++) corner.intensities[i + 36 * (j + 50 * k)] = 2000
      }
    }
    expect(measureBrightShare(corner)).toBe(0)
  })

  it('are absent in an empty volume', () => {
    expect(measureBrightShare(paint(makeGrid([9, 9, 9]), () => 0))).toBe(0)
  })
})
