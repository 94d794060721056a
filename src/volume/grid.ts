/** A point or direction in the patient's LPS frame, millimetres. */
export type Vector3 = readonly [number, number, number]

/** Row-major 4x4 matrix from voxel indices (column, row, slice) to LPS millimetres. */
export type Affine = readonly number[]

/**
 * A regular grid of voxels in the patient. Spacing, orientation and slice order are derived from
 * the affine and never stored separately. Index of a voxel: column + columns * (row + rows *
 * slice).
 */
export interface Grid {
  /** Columns, rows, slices. */
  readonly dimensions: Vector3
  readonly affine: Affine
}

/** Intensities in the source's units after rescale, one per voxel of the grid. */
export interface Volume extends Grid {
  readonly intensities: Float32Array
}

/** One label value per voxel of the grid. */
export interface LabelMap extends Grid {
  readonly labels: Uint8Array
}

/** Position and kind of one slice, before slices are sorted into a volume. Millimetres, LPS. */
export interface SliceGeometry {
  /** Names the slice in error messages: SOP Instance UID, with #frame for multi-frame. */
  readonly id: string
  readonly rows: number
  readonly columns: number
  /** Distance between the centres of adjacent rows, then of adjacent columns (PS3.3 10.7.1.3). */
  readonly pixelSpacing: readonly [number, number]
  readonly imagePositionPatient: Vector3
  /** Direction of increasing column index (along a row). */
  readonly rowCosines: Vector3
  /** Direction of increasing row index (down a column). */
  readonly columnCosines: Vector3
  readonly sliceThickness: number | undefined
  /** Part of the complex signal; undefined if not stated. */
  readonly component?: 'magnitude' | 'phase' | 'real' | 'imaginary' | undefined
  /**
   * Facts that distinguish it from other slices at the same position, by their names in sentences.
   */
  readonly acquisition?: Readonly<Record<string, string>> | undefined
}

/** One decoded slice: intensities row by row. */
export interface SlicePlane extends SliceGeometry {
  readonly intensities: Float32Array
}
