import { spacingOf } from '../../volume/patient-affine.ts'
import { drawEvenFluid, type Fluid } from './fluid.ts'
import { apartMm, type KnownChange, type LossOptions, weighLoss } from './known-change.ts'
import { fieldOfLabel, scanOfShares, shareInside } from './occupancy.ts'
import type { HippocampusPatch } from './patch.ts'
import { sampleAt } from './sample-at.ts'
import { separateTissues } from './separate-tissues.ts'
import { smoothStep } from './surroundings.ts'

/** Share of the loss that shortens the hippocampus; the rest makes it thinner. */
const alongShare = 0.2

/** The line that the hippocampus shrinks towards, per coronal slice (row), in voxels. */
interface Anchor {
  readonly column: Float64Array
  readonly slice: Float64Array
  readonly firstRow: number
  readonly lastRow: number
  /** Mean row of the label. */
  readonly middleRow: number
}

/** Centroid of the label in each coronal slice, one standard deviation to the medial and lower side. */
function findAnchor({ grid: { dimensions }, label }: HippocampusPatch): Anchor {
  const [columns, rows, slices] = dimensions
  const column = new Float64Array(rows).fill(Number.NaN)
  const slice = new Float64Array(rows).fill(Number.NaN)
  let [count, sumRow] = [0, 0]
  let firstRow = rows
  let lastRow = -1
  for (let j = 0; j < rows; j++) {
    let [n, sx, sz, sxx, szz] = [0, 0, 0, 0, 0]
    for (let k = 0; k < slices; k++) {
      for (let i = 0; i < columns; i++) {
        if (label[i + columns * (j + rows * k)] === 0) continue
        n++
        sx += i
        sz += k
        sxx += i * i
        szz += k * k
      }
    }
    if (n === 0) continue
    firstRow = Math.min(firstRow, j)
    lastRow = j
    count += n
    sumRow += n * j
    const deviation = (sum: number, squares: number) =>
      Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2))
    column[j] = sx / n - deviation(sx, sxx)
    slice[j] = sz / n - deviation(sz, szz)
  }
  return {
    column: smoothLine(column, firstRow, lastRow),
    slice: smoothLine(slice, firstRow, lastRow),
    firstRow,
    lastRow,
    middleRow: sumRow / count,
  }
}

/** Mean over five rows, rows without a label left out; beyond the ends the last value holds. */
function smoothLine(line: Float64Array, first: number, last: number): Float64Array {
  return line.map((_, row) => {
    const center = Math.min(last, Math.max(first, row))
    const near = [...line.slice(Math.max(0, center - 2), center + 3)].filter(Number.isFinite)
    return near.reduce((sum, value) => sum + value, 0) / near.length
  })
}

const between = (line: Float64Array, at: number) => {
  const clamped = Math.min(line.length - 1, Math.max(0, at))
  const below = Math.floor(clamped)
  const above = Math.min(line.length - 1, below + 1)
  return line[below]! + (line[above]! - line[below]!) * (clamped - below)
}

/** Source of each voxel's content, three coordinates (voxels) each, for a given `loss`. */
function traceBack(
  { grid: { dimensions } }: HippocampusPatch,
  anchor: Anchor,
  loss: number,
  place: LossOptions['place'],
): Float32Array {
  const [columns, rows, slices] = dimensions
  const source = new Float32Array(3 * columns * rows * slices)
  const alongScale = (1 - loss) ** alongShare
  const length = anchor.lastRow - anchor.firstRow
  for (let j = 0; j < rows; j++) {
    const y = anchor.middleRow + (j - anchor.middleRow) / alongScale
    const here = Math.min(0.95, loss * weighLoss(place ?? 'even', (y - anchor.firstRow) / length))
    const acrossScale = (1 - here) ** ((1 - alongShare) / 2)
    const [cx, cz] = [between(anchor.column, y), between(anchor.slice, y)]
    for (let k = 0; k < slices; k++) {
      for (let i = 0; i < columns; i++) {
        const at = 3 * (i + columns * (j + rows * k))
        source[at] = loss === 0 ? i : cx + (i - cx) / acrossScale
        source[at + 1] = loss === 0 ? j : y
        source[at + 2] = loss === 0 ? k : cz + (k - cz) / acrossScale
      }
    }
  }
  return source
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0)

/**
 * Shrinks a hippocampus towards a line on its medial, lower side, as in real atrophy, away from the
 * temporal horn: in each coronal slice the label is scaled towards its centroid, moved by one
 * standard deviation to that side; a fifth of the loss shortens it. The image inside is moved along
 * (trilinear), uniform fluid fills the gap, with a border of 0.6 mm. The image beyond the old
 * border stays unchanged.
 */
export function shrinkAnchored(
  patch: HippocampusPatch,
  fluid: Fluid,
  { left, place = 'even' }: LossOptions,
  random: () => number,
): KnownChange {
  const { grid, label, intensities } = patch
  const { dimensions } = grid
  const field = fieldOfLabel(label, grid)
  const shares = shareInside(field, grid)
  const before = scanOfShares(shares, grid)
  const total = sum(shares)
  const anchor = findAnchor(patch)
  const shrink = (loss: number) => {
    const source = traceBack(patch, anchor, loss, place)
    const moved = new Float32Array(label.length)
    for (let at = 0; at < moved.length; at++) {
      // Shrinking only removes: no voxel far from the label can become hippocampus.
      if (field[at]! < 1e-4) continue
      const [x, y, z] = [source[3 * at]!, source[3 * at + 1]!, source[3 * at + 2]!]
      moved[at] = sampleAt(field, dimensions, x, y, z)
    }
    const left = shareInside(moved, grid)
    return { source, left, ratio: sum(left) / total }
  }
  let [low, high] = [0, 0.97]
  for (let step = 0; left < 1 && step < 14; step++) {
    const middle = (low + high) / 2
    if (shrink(middle).ratio > left) low = middle
    else high = middle
  }
  const { source, left: remaining, ratio } = shrink(left < 1 ? (low + high) / 2 : 0)
  const occupancy = scanOfShares(remaining, grid)
  const pure = separateTissues(patch, before)
  const [columns, rows] = dimensions
  const spacing = spacingOf(grid.affine)
  const changed = intensities.slice()
  for (let at = 0; at < changed.length; at++) {
    if (before[at]! < 1e-4) continue
    const inside = Math.min(occupancy[at]!, before[at]!)
    const gap = before[at]! - inside
    const [x, y, z] = [source[3 * at]!, source[3 * at + 1]!, source[3 * at + 2]!]
    const way = Math.hypot(
      (x - (at % columns)) * spacing[0],
      (y - (Math.floor(at / columns) % rows)) * spacing[1],
      (z - Math.floor(at / (columns * rows))) * spacing[2],
    )
    const apart = smoothStep(0, apartMm, way)
    const carried = sampleAt(intensities, dimensions, x, y, z)
    const pureTissue = sampleAt(pure.inside, dimensions, x, y, z)
    const tissue = carried + apart * (pureTissue - carried)
    const own = intensities[at]! + apart * (pure.outside[at]! - intensities[at]!)
    const filled = gap > 0 ? gap * (drawEvenFluid(fluid, random) - own) : 0
    changed[at] = own + inside * (tissue - own) + filled
  }
  return { intensities: changed, occupancy, ratio }
}
