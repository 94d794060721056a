import type { Vector3 } from '../volume/grid.ts'
import { visitNeighbours } from './certainty-signs.ts'
import { boxWithMargin, cutBox } from './focus.ts'
import type { ModelManifest } from './model-manifest.ts'

/** One standard error of each volume, cubic millimetres. */
export interface VolumeErrors {
  readonly anterior: number
  readonly posterior: number
  readonly total: number
}

/** Predictors of a volume's error; voxels have 1 mm, so that counts are millimetres. */
export interface ErrorSigns {
  readonly volumeMm3: number
  /** Faces between a voxel of the structure and any other, or the edge of the grid. */
  readonly surfaceMm2: number
  /** Sum of p (1 - p) around the mask, where p is a voxel's probability of the structure. */
  readonly uncertaintyMm3: number
}

type Structure = 'whole' | 'anterior' | 'posterior'

const labelsOf: Readonly<Record<Structure, readonly number[]>> = {
  whole: [1, 2],
  anterior: [1],
  posterior: [2],
}
/** Voxels on each side of the mask's box. */
const margin = 4

/** Signs of one structure; of the whole, the probabilities of both parts are added. */
export function readErrorSigns(
  labels: Uint8Array,
  probabilities: readonly Float32Array[],
  dimensions: Vector3,
  structure: Structure,
): ErrorSigns {
  const wanted = labelsOf[structure]
  let volumeMm3 = 0
  let surfaceMm2 = 0
  for (let voxel = 0; voxel < labels.length; voxel++) {
    if (!wanted.includes(labels[voxel]!)) continue
    volumeMm3++
    surfaceMm2 += 6
    visitNeighbours(voxel, dimensions, (neighbour) => {
      if (wanted.includes(labels[neighbour]!)) surfaceMm2--
    })
  }
  const box = boxWithMargin(labels, dimensions, margin)
  if (box === undefined) return { volumeMm3, surfaceMm2, uncertaintyMm3: 0 }
  const parts = wanted.map((label) => cutBox(probabilities[label]!, dimensions, box))
  let uncertaintyMm3 = 0
  for (let voxel = 0; voxel < parts[0]!.length; voxel++) {
    let probability = 0
    for (const part of parts) probability += part[voxel]!
    uncertaintyMm3 += probability * (1 - probability)
  }
  return { volumeMm3, surfaceMm2, uncertaintyMm3 }
}

/**
 * Standard errors of the volumes of a label map of 1 mm voxels (0 background, 1 anterior, 2
 * posterior, in one piece), by the rule of the model's manifest; the same as
 * models/training/hippotrain/standard_error.py. `probabilities` has one array per label. Undefined
 * if the manifest has no rule or nothing is labelled.
 */
export function estimateVolumeErrors(
  labels: Uint8Array,
  probabilities: readonly Float32Array[],
  dimensions: Vector3,
  rule: ModelManifest['standardError'],
): VolumeErrors | undefined {
  if (rule === undefined || !labels.some((label) => label > 0)) return undefined
  const errorOf = (structure: Structure) => {
    const { constantMm3, perVolume, perSurface, perUncertainty } = rule[structure]
    const signs = readErrorSigns(labels, probabilities, dimensions, structure)
    return (
      constantMm3 +
      perVolume * signs.volumeMm3 +
      perSurface * signs.surfaceMm2 +
      perUncertainty * signs.uncertaintyMm3
    )
  }
  return {
    anterior: errorOf('anterior'),
    posterior: errorOf('posterior'),
    total: errorOf('whole'),
  }
}
