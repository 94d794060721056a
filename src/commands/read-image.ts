import { readFile } from 'node:fs/promises'
import { HippoError } from '../errors.ts'
import type { QualityFinding } from '../measurement/quality-finding.ts'
import { looksLikeMgh, unreadableMgh } from '../mgh/mgh-header.ts'
import { readMgh } from '../mgh/read-mgh.ts'
import { decompress } from '../nifti/decompress.ts'
import { type NiftiHeader, unreadable } from '../nifti/nifti-header.ts'
import { nameOrientation, orientAffine } from '../nifti/orientation.ts'
import { readNifti } from '../nifti/read-nifti.ts'
import { type Orientation, orientationOf } from '../volume/axis-order.ts'
import type { Volume } from '../volume/grid.ts'

/** An image that was read from a file, whatever its format. */
export interface ReadImage {
  readonly volume: Volume
  /** Header of a NIfTI file, to write labels on exactly its grid. */
  readonly header: NiftiHeader | undefined
  /** False if the orientation is not stated, so that left and right are unknown. */
  readonly areSidesKnown: boolean
  /** Findings while reading, for the quality gates. */
  readonly findings: readonly QualityFinding[]
}

const isNiftiName = (path: string) => /\.nii(\.gz)?$/i.test(path)
const isMghName = (path: string) => /\.mg[hz]$/i.test(path)

/** Whether a path has the extension of an image that `segment` reads. */
export const isImageName = (path: string) => isNiftiName(path) || isMghName(path)

const isDicom = (bytes: Uint8Array) =>
  bytes.length > 132 && String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM'

const warn = (check: string, sentence: string): QualityFinding => ({
  check,
  verdict: 'warning',
  sentence,
})

function describeReplaced(replaced: number): QualityFinding[] {
  if (replaced === 0) return []
  return [
    warn(
      'NOT_NUMBERS',
      `${replaced} voxels are not finite numbers (NaN or infinite) and count as background.`,
    ),
  ]
}

/** A volume without stated orientation, oriented as the letters say. */
function orient(volume: Volume, orientation: Orientation | undefined): Volume {
  if (orientation === undefined) return volume
  return { ...volume, affine: orientAffine(volume.affine, orientation) }
}

const sidesUnknown =
  'The file does not state its orientation (its sform and qform codes are 0), so the sides are unknown. Use --orientation to state it.'

function describeOrientation(
  isStated: boolean,
  volume: Volume,
  orientation: Orientation | undefined,
): QualityFinding[] {
  if (orientation === undefined) return isStated ? [] : [warn('ORIENTATION', sidesUnknown)]
  const wanted = nameOrientation(orientation)
  if (!isStated) {
    const sentence = `The file does not state its orientation; --orientation ${wanted} was used.`
    return [{ check: 'ORIENTATION', verdict: 'measured', sentence }]
  }
  const stated = nameOrientation(orientationOf(volume.affine))
  if (stated === wanted) return []
  return [
    warn(
      'ORIENTATION',
      `--orientation ${wanted} was not used: the file states ${stated}. The option is for files that do not state their orientation.`,
    ),
  ]
}

/**
 * Reads a NIfTI or FreeSurfer file (plain or gzip) by its content. `orientation` is for files that
 * do not state theirs. Throws NIFTI_UNREADABLE, MGH_UNREADABLE.
 */
export function parseImage(bytes: Uint8Array, path: string, orientation?: Orientation): ReadImage {
  if (isDicom(bytes)) {
    throw unreadable('it is a DICOM file; use "hippovolume analyze"')
  }
  const content = decompress(bytes, isMghName(path) ? unreadableMgh : unreadable)
  // The error about a damaged file uses the format that its name promises.
  if (looksLikeMgh(content) || (isMghName(path) && !startsLikeNifti(content))) {
    const { volume, replacedVoxels } = readMgh(content)
    const findings = [
      ...describeOrientation(true, volume, orientation),
      ...describeReplaced(replacedVoxels),
    ]
    return { volume, header: undefined, areSidesKnown: true, findings }
  }
  const { volume, header, isOrientationStated, notes, replacedVoxels } = readNifti(content)
  return {
    volume: isOrientationStated ? volume : orient(volume, orientation),
    header,
    areSidesKnown: isOrientationStated || orientation !== undefined,
    findings: [
      ...describeOrientation(isOrientationStated, volume, orientation),
      ...notes.map((note) => warn('ORIENTATION', note)),
      ...describeReplaced(replacedVoxels),
    ],
  }
}

/** Whether uncompressed content begins with the size of a NIfTI header, in either byte order. */
function startsLikeNifti(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return [true, false].some((little) => [348, 540].includes(view.getInt32(0, little)))
}

/** Whether content is an image that `segment` reads; never throws. */
export function isImage(bytes: Uint8Array): boolean {
  try {
    const content = decompress(bytes, unreadable)
    return startsLikeNifti(content) || looksLikeMgh(content)
  } catch {
    return false
  }
}

/** Reads an image file. Throws FILE_UNREADABLE and as parseImage does. */
export async function readImage(path: string, orientation?: Orientation): Promise<ReadImage> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new HippoError('FILE_UNREADABLE', `${path} does not exist or cannot be read.`, { cause })
  })
  return parseImage(bytes, path, orientation)
}
