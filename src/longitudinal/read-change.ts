import { smoothVolume } from '../localization/smooth-volume.ts'
import type { ChangeSigns } from '../measurement/longitudinal-change.ts'
import type { Grid, Volume } from '../volume/grid.ts'
import { blocksFromMask } from './blocks-from-mask.ts'
import { fitPairShading, shadingAt } from './even-pair.ts'
import { followTissue, slopesOf, type TissueFlow } from './follow-tissue.ts'
import { readTissueLevels, type TissueLevels } from './tissue-levels.ts'

/** What two scans show of one hippocampus in their half-way space, on one grid of 1 mm voxels. */
export interface PairBoxes {
  readonly grid: Grid
  readonly earlier: Float32Array
  readonly later: Float32Array
  /** Share (0 to 1) of each voxel that is hippocampus in each scan. */
  readonly outlines: readonly [Float32Array, Float32Array]
}

export interface ReadChange {
  readonly signs: ChangeSigns
  readonly levels: TissueLevels
  /** Evened against each other. */
  readonly boxes: PairBoxes
  readonly flow: TissueFlow
}

/** Noise that a flow is held against, as a share of the contrast of white matter and fluid. */
const noiseShare = 0.03
/** Borders are looked for this near to the outlines, voxels. */
const nearSteps = 2
const shadingBlurMm = 1

/** Every `step`-th voxel of a grid: its index, and its place about the middle in units of the polynomial. */
function placesOf({ dimensions: [columns, rows, slices] }: Grid, step: number) {
  const indices: number[] = []
  const points: number[] = []
  for (let k = 0; k < slices; k += step) {
    for (let j = 0; j < rows; j += step) {
      for (let i = 0; i < columns; i += step) {
        indices.push(i + columns * (j + rows * k))
        points.push(2 * i - columns + 1, 2 * j - rows + 1, 2 * k - slices + 1)
      }
    }
  }
  return { indices, points: Float32Array.from(points) }
}

/** Both boxes with half of the difference in brightness taken out of each. */
export function evenBoxes(boxes: PairBoxes): PairBoxes | undefined {
  const { grid, earlier, later } = boxes
  const few = placesOf(grid, 2)
  const smooth = (intensities: Float32Array) => {
    const smoothed = smoothVolume({ ...grid, intensities }, shadingBlurMm).intensities
    return Float32Array.from(few.indices, (at) => smoothed[at]!)
  }
  const shading = fitPairShading(few.points, smooth(earlier), smooth(later))
  if (shading === undefined) return undefined
  const shades = shadingAt(shading, placesOf(grid, 1).points)
  return {
    ...boxes,
    earlier: earlier.map((value, at) => value * Math.exp(shades[at]! / 2)),
    later: later.map((value, at) => value * Math.exp(-shades[at]! / 2)),
  }
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0)

/**
 * Reads what tells of a change of one hippocampus between two scans. Exchanging the scans turns every sign
 * round. Undefined where a scan shows no hippocampus or no contrast there.
 */
export function readChange(raw: PairBoxes): ReadChange | undefined {
  const boxes = evenBoxes(raw)
  if (boxes === undefined) return undefined
  const { grid, earlier, later, outlines } = boxes
  const outline = outlines[0].map((share, at) => (share + outlines[1][at]!) / 2)
  const mean = earlier.map((value, at) => (value + later[at]!) / 2)
  const levels = readTissueLevels({ ...grid, intensities: mean } satisfies Volume, outline)
  const [before, after] = [sum(outlines[0]), sum(outlines[1])]
  if (levels === undefined || before === 0 || after === 0) return undefined
  const { fluid, grey, white } = levels
  const clip = (value: number, low: number, high: number) =>
    value < low ? low : value > high ? high : value
  const [low, high] = [0.8 * fluid, 1.1 * white]
  const flow = followTissue(
    earlier.map((value) => clip(value, low, high)),
    later.map((value) => clip(value, low, high)),
    grid,
    noiseShare * (white - fluid),
  )
  const volume = sum(outline)
  const [x, y, z] = [0, 1, 2].map((axis) => slopesOf(flow[axis]!, grid)[axis]!)
  const spread = outline.reduce(
    (total, share, at) => total + share * (x![at]! + y![at]! + z![at]!),
    0,
  )
  const steps = blocksFromMask(
    (at) => outlines[0][at]! > 0.5 || outlines[1][at]! > 0.5,
    grid.dimensions,
    nearSteps + 1,
  )
  /** How much brighter the voxels became within a range of brightness, percent of the volume. */
  const brightened = (isThere: (step: number) => boolean, from: number, to: number) => {
    let total = 0
    for (let at = 0; at < earlier.length; at++) {
      if (isThere(steps[at]!)) total += clip(later[at]!, from, to) - clip(earlier[at]!, from, to)
    }
    return (100 * total) / (to - from) / volume
  }
  const isWithin = (step: number) => step === 0
  const isAround = (step: number) => step > 0 && step <= nearSteps
  return {
    signs: {
      moved: (100 * spread) / volume,
      fluidWithin: brightened(isWithin, fluid, grey),
      greyWithin: brightened(isWithin, grey, white),
      fluidAround: brightened(isAround, fluid, grey),
      greyAround: brightened(isAround, grey, white),
      outlined: 200 * ((after - before) / (after + before)),
    },
    levels,
    boxes,
    flow,
  }
}
