/** The same sagittal slice of both scans in their half-way space, with both outlines. */
export interface ChangeView {
  readonly side: 'left' | 'right'
  /** Voxels of 1 mm: columns run to the back, rows down. */
  readonly columns: number
  readonly rows: number
  /** Earlier and present; matched in brightness. */
  readonly slices: readonly [Float32Array, Float32Array]
  /** Share (0 to 1) of each voxel that is hippocampus, earlier and present. */
  readonly outlines: readonly [Float32Array, Float32Array]
  /** Intensities drawn as black and as white. */
  readonly window: readonly [number, number]
}
