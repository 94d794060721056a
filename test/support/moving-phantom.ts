import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { seededRandom } from '../../tools/seeded-random.ts'
import { makeGrid, paint } from '../volume/phantom.ts'

/** Waves that make up a texture: directions and phases. */
interface Wave {
  readonly direction: Vector3
  readonly phase: number
}

function drawWaves(count: number, shortestMm: number, longestMm: number): readonly Wave[] {
  const random = seededRandom(11)
  return Array.from({ length: count }, () => {
    const z = 2 * random() - 1
    const turn = 2 * Math.PI * random()
    const across = Math.sqrt(1 - z * z)
    const frequency = (2 * Math.PI) / (shortestMm + (longestMm - shortestMm) * random())
    return {
      direction: [
        frequency * across * Math.cos(turn),
        frequency * across * Math.sin(turn),
        frequency * z,
      ],
      phase: 2 * Math.PI * random(),
    }
  })
}

/** A head of 130 mm: scalp, skull, fluid, and a brain with a texture of 22 to 60 mm and fluid in it. */
export function makeTexturedHead(mm = 2): Volume {
  const size = Math.round(150 / mm)
  const half = ((size - 1) * mm) / 2
  const grid = makeGrid([size, size, size], [mm, mm, mm], [0, 0, 0], [-half, -half, -half])
  const waves = drawWaves(12, 22, 60)
  return paint(grid, ([x, y, z]) => {
    const radius = Math.hypot(x, y, z)
    if (radius > 66) return 0
    if (radius > 61) return 1200
    if (radius > 56) return 60
    if (radius > 53) return 200
    if (Math.hypot(x / 0.6, y, z / 0.6) < 14) return 200
    const texture = waves.reduce(
      (sum, { direction: [a, b, c], phase }) => sum + Math.cos(a * x + b * y + c * z + phase),
      0,
    )
    return 850 + 110 * Math.max(-1.7, Math.min(1.7, texture / Math.sqrt(6)))
  })
}
