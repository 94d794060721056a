import type { Contour, ContourPoint } from './trace-contours.ts'

const shrink = 0.5
const swell = -0.53
const passes = 4
const tooSmallToSmooth = 8

function relax(contour: Contour, factor: number): Contour {
  return contour.map(([x, y], index): ContourPoint => {
    const [beforeX, beforeY] = contour.at(index - 1)!
    const [afterX, afterY] = contour[(index + 1) % contour.length]!
    return [x + factor * ((beforeX + afterX) / 2 - x), y + factor * ((beforeY + afterY) / 2 - y)]
  })
}

/**
 * Removes voxel steps from a line without shrinking it (Taubin 1995): points move by less than half
 * a voxel and the area is preserved. The smallest islands keep their shape.
 */
export function smoothContour(contour: Contour): Contour {
  if (contour.length < tooSmallToSmooth) return contour
  let smooth = contour
  for (let pass = 0; pass < passes; pass += 1) {
    smooth = relax(relax(smooth, shrink), swell)
  }
  return smooth
}
