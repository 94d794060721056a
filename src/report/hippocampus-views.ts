import type { LabelMap, Volume } from '../volume/grid.ts'
import { chooseFieldOfView, type FieldOfView } from './field-of-view.ts'
import { chooseWindow, type IntensityWindow } from './intensity-window.ts'
import { boxOfGrid, type LabelExtent, measureLabelExtent, type PatientBox } from './label-extent.ts'
import { chooseLattice, nearestIndex, type PatientLattice, positionOf } from './patient-lattice.ts'
import { coronalPlane, type PatientPlane, patientPlanes } from './patient-planes.ts'
import { type SampledSlice, sampleSlice } from './sample-slice.ts'

/** One slice of the hippocampus to be drawn. */
export interface HippocampusView {
  readonly plane: PatientPlane
  readonly field: FieldOfView
  /** Where the plane cuts its axis, LPS millimetres. */
  readonly position: number
  readonly slice: SampledSlice
}

/** What the page shows of the volume: three planes, and coronal slices from front to back. */
export interface HippocampusViews {
  readonly planes: readonly HippocampusView[]
  readonly coronals: readonly HippocampusView[]
  readonly window: IntensityWindow
}

const planeMarginMm = 12
const coronalMarginMm = 5

/** Positions from the front of a box to its back, each in the middle of its share, on the lattice. */
function spreadFrontToBack(box: PatientBox, lattice: PatientLattice, count: number): number[] {
  const [front, back] = [box.low[1], box.high[1]]
  const indices = Array.from({ length: count }, (_, index) =>
    nearestIndex(lattice, 1, front + ((index + 0.5) / count) * (back - front)),
  )
  return [...new Set(indices)].map((index) => positionOf(lattice, 1, index))
}

/**
 * Chooses and samples the slices of the page: each plane where it cuts the most of the hippocampus,
 * and at most `coronalCount` square coronal slices spread over its length. `planeProportions` is
 * width over height of the planes.
 */
export function chooseViews(
  volume: Volume,
  labelMap: LabelMap,
  coronalCount: number,
  planeProportions: number,
): HippocampusViews {
  const lattice = chooseLattice(volume)
  const extent: LabelExtent = measureLabelExtent(labelMap, lattice)
  const whole = boxOfGrid(volume)
  const view = (plane: PatientPlane, field: FieldOfView, position: number): HippocampusView => ({
    plane,
    field,
    position,
    slice: sampleSlice(volume, labelMap, lattice, plane, field, position),
  })
  const planes = patientPlanes.map((plane) => {
    const field = chooseFieldOfView(plane, extent.box, whole, planeMarginMm, planeProportions)
    return view(plane, field, extent.largestSection[plane.through])
  })
  const close = chooseFieldOfView(coronalPlane, extent.box, whole, coronalMarginMm, 1)
  const coronals = spreadFrontToBack(extent.box, lattice, coronalCount).map((position) =>
    view(coronalPlane, close, position),
  )
  const window = chooseWindow(planes.map(({ slice }) => slice.intensities))
  return { planes, coronals, window }
}
