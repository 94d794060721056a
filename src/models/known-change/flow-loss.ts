import { spacingOf } from '../../volume/patient-affine.ts'
import { drawFoundFluid, type Fluid } from './fluid.ts'
import { apartMm, type KnownChange, type LossOptions, weighLoss } from './known-change.ts'
import { fieldOfLabel, scanOfShares, shareInside } from './occupancy.ts'
import type { HippocampusPatch } from './patch.ts'
import { sampleAt } from './sample-at.ts'
import { separateTissues } from './separate-tissues.ts'
import { smoothValues } from './smooth-values.ts'
import { describeSurroundings, gradientOf, smoothStep } from './surroundings.ts'

/** Blur of the label whose slope drives the flow, millimetres: it ends in the middle of the body. */
const flowBlurMm = 2
/** Nothing moves beyond this distance from the label; full strength up to the other, millimetres. */
const stillFromMm = 8
const fullToMm = 4
/** Longest step of the integration, millimetres. */
const stepMm = 0.3
const mostSteps = 400

/**
 * A flow towards the inside of the label, millimetres per unit of time, and the voxels it moves.
 */
interface Flow {
  /** Voxels per unit of time, three numbers per voxel, pointing inwards. */
  readonly velocity: Float32Array
  /** Share (0 to 1) of it that the surroundings of a point follow. */
  readonly follow: Float32Array
  /** Voxels where something moves. */
  readonly moving: readonly number[]
  /** Longest path per unit of time, millimetres. */
  readonly fastest: number
}

/** First and last rows with a label. */
function labelledRows({ grid: { dimensions }, label }: HippocampusPatch): [number, number] {
  const [columns, rows] = dimensions
  let first = rows
  let last = 0
  for (let at = 0; at < label.length; at++) {
    if (label[at] === 0) continue
    const row = Math.floor(at / columns) % rows
    first = Math.min(first, row)
    last = Math.max(last, row)
  }
  return [first, last]
}

function planFlow(patch: HippocampusPatch, place: LossOptions['place']): Flow {
  const { grid, label } = patch
  const { dimensions } = grid
  const spacing = spacingOf(grid.affine)
  const { distance, hornSide } = describeSurroundings(patch)
  const velocity = gradientOf(smoothValues(label, grid, flowBlurMm), dimensions, spacing)
  const [first, last] = labelledRows(patch)
  const moving: number[] = []
  let fastest = 0
  for (let at = 0; at < label.length; at++) {
    const row = Math.floor(at / dimensions[0]) % dimensions[1]
    const weight =
      (1 - smoothStep(fullToMm, stillFromMm, distance[at]!)) *
      weighLoss(place ?? 'even', (row - first) / (last - first))
    let squares = 0
    for (let axis = 0; axis < 3; axis++) {
      const mm = velocity[3 * at + axis]! * weight
      squares += mm * mm
      velocity[3 * at + axis] = mm / spacing[axis]!
    }
    if (squares > 1e-10) moving.push(at)
    fastest = Math.max(fastest, Math.sqrt(squares))
  }
  const follow = hornSide.map((share) => 1 - share)
  return { velocity, follow, moving, fastest }
}

/** The three components of a flow as separate grids, for interpolation. */
function split(
  velocity: Float32Array,
  share?: Float32Array,
): [Float32Array, Float32Array, Float32Array] {
  const part = (axis: number) =>
    Float32Array.from({ length: velocity.length / 3 }, (_, at) => {
      return velocity[3 * at + axis]! * (share?.[at] ?? 1)
    })
  return [part(0), part(1), part(2)]
}

/** Points (three coordinates per moving voxel) moved against the flow by one time step. */
function stepBack(
  places: Float32Array,
  flow: readonly [Float32Array, Float32Array, Float32Array],
  size: HippocampusPatch['grid']['dimensions'],
  time: number,
): Float32Array {
  const next = new Float32Array(places.length)
  for (let at = 0; at < places.length; at += 3) {
    const [x, y, z] = [places[at]!, places[at + 1]!, places[at + 2]!]
    next[at] = x - time * sampleAt(flow[0], size, x, y, z)
    next[at + 1] = y - time * sampleAt(flow[1], size, x, y, z)
    next[at + 2] = z - time * sampleAt(flow[2], size, x, y, z)
  }
  return next
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0)

/**
 * Shrinks a hippocampus by a smooth flow from its border inwards (the slope of the blurred label,
 * integrated in short steps, so that it neither tears nor folds), equally on all sides: thin parts
 * lose most. On the medial and lower side the white matter follows: a film of fluid thinner than a
 * voxel between grey and white matter would look like grey matter, and the loss would be invisible.
 * On the lateral and upper side it stays, and fluid as found in the image fills the gap. Nothing
 * moves beyond 8 mm from the label. The true volume is that of the moved label.
 */
export function shrinkByFlow(
  patch: HippocampusPatch,
  fluid: Fluid,
  { left, place = 'even' }: LossOptions,
  random: () => number,
): KnownChange {
  const { grid, label, intensities } = patch
  const { dimensions } = grid
  const [columns, rows] = dimensions
  const { velocity, follow, moving, fastest } = planFlow(patch, place)
  const field = fieldOfLabel(label, grid)
  const total = sum(shareInside(field, grid))
  const start = new Float32Array(3 * moving.length)
  for (const [n, at] of moving.entries()) {
    start[3 * n] = at % columns
    start[3 * n + 1] = Math.floor(at / columns) % rows
    start[3 * n + 2] = Math.floor(at / (columns * rows))
  }
  const carry = (values: Float32Array | Uint8Array, places: Float32Array) => {
    const carried = Float32Array.from(values)
    for (const [n, at] of moving.entries()) {
      const [x, y, z] = [places[3 * n]!, places[3 * n + 1]!, places[3 * n + 2]!]
      carried[at] = sampleAt(values, dimensions, x, y, z)
    }
    return carried
  }
  const ratioAt = (places: Float32Array) => sum(shareInside(carry(field, places), grid)) / total

  // Inside and surroundings are moved in parallel, each with its own flow.
  const flows = [split(velocity), split(velocity, follow)] as const
  let own: Float32Array = start
  let around: Float32Array = start
  const time = stepMm / fastest
  for (let step = 0; left < 1; step++) {
    if (step === mostSteps) throw new Error(`The label cannot be shrunk to ${left} of its volume.`)
    const next = stepBack(own, flows[0], dimensions, time)
    if (ratioAt(next) > left) {
      own = next
      around = stepBack(around, flows[1], dimensions, time)
      continue
    }
    let [low, high] = [0, 1]
    for (let halving = 0; halving < 12; halving++) {
      const middle = (low + high) / 2
      if (ratioAt(stepBack(own, flows[0], dimensions, middle * time)) > left) low = middle
      else high = middle
    }
    own = stepBack(own, flows[0], dimensions, low * time)
    around = stepBack(around, flows[1], dimensions, low * time)
    break
  }

  const remaining = shareInside(carry(field, own), grid)
  const occupancy = scanOfShares(remaining, grid)
  const kept = scanOfShares(shareInside(carry(field, around), grid), grid)
  const changed = carry(intensities, around)
  const tissue = carry(intensities, own)
  const pure = separateTissues(patch, scanOfShares(shareInside(field, grid), grid))
  const pureTissue = carry(pure.inside, own)
  const pureSurroundings = carry(pure.outside, around)
  const spacing = spacingOf(grid.affine)
  for (const [n, at] of moving.entries()) {
    const way = [0, 1, 2].map(
      (axis) => (own[3 * n + axis]! - around[3 * n + axis]!) * spacing[axis]!,
    )
    const apart = smoothStep(0, apartMm, Math.hypot(...way))
    tissue[at]! += apart * (pureTissue[at]! - tissue[at]!)
    changed[at]! += apart * (pureSurroundings[at]! - changed[at]!)
  }
  for (let at = 0; at < changed.length; at++) {
    const base = changed[at]!
    const inside = Math.min(occupancy[at]!, kept[at]!)
    const gap = kept[at]! - inside
    const filled = gap > 1e-4 ? gap * (drawFoundFluid(fluid, random) - base) : 0
    changed[at] = base + inside * (tissue[at]! - base) + filled
  }
  return { intensities: changed, occupancy, ratio: sum(remaining) / total }
}
