import { chooseFieldOfView, type FieldOfView } from './field-of-view.ts'
import { chooseWindow, type IntensityWindow } from './intensity-window.ts'
import { boxOfGrid, measureLabelExtent, type PatientBox } from './label-extent.ts'
import { chooseLattice, nearestIndex, type PatientLattice, positionOf } from './patient-lattice.ts'
import { coronalPlane, type PatientPlane, patientPlanes, sagittalPlane } from './patient-planes.ts'
import type { ReportInput } from './report-input.ts'
import { listParts, type SampledSlice, sampleSlice } from './sample-slice.ts'

/** One slice of the hippocampus to draw. */
export interface HippocampusView {
  readonly plane: PatientPlane
  readonly field: FieldOfView
  /** Position of the plane on its axis, LPS millimetres. */
  readonly position: number
  readonly slice: SampledSlice
}

/** Slices of one hippocampus and their intensity window. */
export interface HippocampusViews {
  readonly views: readonly HippocampusView[]
  readonly window: IntensityWindow
}

/** The sources of a view; `labels` are those of its hippocampus. */
export interface ViewSource extends Pick<ReportInput, 'volume' | 'labelMap' | 'regions'> {
  readonly labels: readonly number[]
}

const planeMarginMm = 12
const montageMarginMm = 5

function prepare({ volume, labelMap, regions, labels }: ViewSource) {
  const lattice = chooseLattice(volume)
  const extent = measureLabelExtent(labelMap, labels, lattice)
  const whole = boxOfGrid(volume)
  const parts = listParts(regions)
  const view = (plane: PatientPlane, field: FieldOfView, position: number): HippocampusView => ({
    plane,
    field,
    position,
    slice: sampleSlice(volume, labelMap, parts, lattice, plane, field, position),
  })
  return { lattice, extent, whole, view }
}

function withWindow(views: readonly HippocampusView[]): HippocampusViews {
  return { views, window: chooseWindow(views.map(({ slice }) => slice.intensities)) }
}

/**
 * The three planes, each at the largest cross-section of the hippocampus; `proportions` is width
 * over height.
 */
export function choosePlanes(source: ViewSource, proportions: number): HippocampusViews {
  const { extent, whole, view } = prepare(source)
  return withWindow(
    patientPlanes.map((plane) => {
      const field = chooseFieldOfView(plane, extent.box, whole, planeMarginMm, proportions)
      return view(plane, field, extent.largestSection[plane.through])
    }),
  )
}

/** Distinct lattice positions along the length of a box, each in the middle of its share. */
function spread(
  box: PatientBox,
  lattice: PatientLattice,
  axis: 0 | 1 | 2,
  count: number,
): number[] {
  const [from, to] = [box.low[axis], box.high[axis]]
  const indices = Array.from({ length: count }, (_, index) =>
    nearestIndex(lattice, axis, from + ((index + 0.5) / count) * (to - from)),
  )
  return [...new Set(indices)].map((index) => positionOf(lattice, axis, index))
}

/**
 * At most `count` slices of one plane spread over the hippocampus: coronal from front to back, sagittal
 * from the patient's right to the left.
 */
export function chooseMontage(
  source: ViewSource,
  plane: 'coronal' | 'sagittal',
  count: number,
  proportions: number,
): HippocampusViews {
  const { lattice, extent, whole, view } = prepare(source)
  const cut = plane === 'coronal' ? coronalPlane : sagittalPlane
  const field = chooseFieldOfView(cut, extent.box, whole, montageMarginMm, proportions)
  return withWindow(
    spread(extent.box, lattice, cut.through, count).map((position) => view(cut, field, position)),
  )
}

const levelMarginMm = 14

/**
 * Two coronal slices that show all given labels: where their anterior parts (the heads) are
 * largest, and in the bodies, a third of the way along the posterior parts. In images rotated to
 * the long axis these are oblique, at right angles to it.
 */
export function chooseLevels(source: ViewSource, proportions: number): HippocampusViews {
  const { lattice, extent, whole, view } = prepare(source)
  const field = chooseFieldOfView(coronalPlane, extent.box, whole, levelMarginMm, proportions)
  const labelsOf = (wanted: 'anterior' | 'posterior') =>
    source.regions
      .filter(({ part, label }) => part === wanted && source.labels.includes(label))
      .map(({ label }) => label)
  const heads = measureLabelExtent(source.labelMap, labelsOf('anterior'), lattice)
  const rest = measureLabelExtent(source.labelMap, labelsOf('posterior'), lattice).box
  const { through } = coronalPlane
  const body = rest.low[through] + (rest.high[through] - rest.low[through]) / 3
  const positions = [heads.largestSection[through], body]
  return withWindow(positions.map((position) => view(coronalPlane, field, position)))
}
