import type { Affine, Vector3 } from '../volume/grid.ts'

/** Where a head and its two hippocampi lie in a volume. */
export interface HeadLocalization {
  /** Normalised cross-correlation with the template over its brain, -1 to 1. */
  readonly score: number
  /** False when no head was recognised: then nothing else here may be used. */
  readonly found: boolean
  /** Why no head was recognised, for logs; absent where one was. */
  readonly doubt?: LocalizationDoubt | undefined
  /** Patient LPS mm to template LPS mm, 12 parameters, row-major 4x4. */
  readonly patientToTemplate: Affine
  /** Unit vectors in the patient's LPS frame along the head's own axes (rigid part of the affine). */
  readonly headAxes: {
    readonly right: Vector3
    readonly anterior: Vector3
    readonly superior: Vector3
  }
  /** Centres of the boxes around the hippocampi, LPS mm. */
  readonly centers: { readonly left: Vector3; readonly right: Vector3 }
  /** Template's intracranial volume / |det(patientToTemplate)|, mm3, uncorrected. */
  readonly intracranialVolumeMm3: number
  /** Share (0..1) of the template's brain that falls inside the volume's field of view. */
  readonly brainCoverage: number
}

/**
 * Why a match is not a head: low similarity, an impossible size or shape, too little of the brain
 * in the field of view, a map of labels or probabilities, or grey and white matter unlike those of
 * T1-weighted images.
 */
export type LocalizationDoubt = 'unlike' | 'size' | 'shape' | 'coverage' | 'map' | 'contrast'
