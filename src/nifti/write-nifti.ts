import { gzipSync } from 'node:zlib'
import type { Grid, LabelMap } from '../volume/grid.ts'
import { spacingOf } from '../volume/patient-affine.ts'
import { fieldOffsets, headerSize, type NiftiHeader } from './nifti-header.ts'

const uint8 = 2
const scannerAnatomical = 1
const millimetre = 2
/** NIFTI_INTENT_LABEL: the values are names, not amounts. */
const labelIntent = 1002

/** A NIfTI-1 header, little endian, whose sform is the grid's affine turned from LPS to RAS. */
function composeHeader({ dimensions, affine }: Grid): Uint8Array {
  const header = new Uint8Array(headerSize[1])
  const view = new DataView(header.buffer)
  const at = fieldOffsets[1]
  view.setInt32(0, headerSize[1], true)
  header.set(new TextEncoder().encode('n+1\0'), at.magic)
  for (const [i, n] of [3, ...dimensions, 1, 1, 1, 1].entries()) {
    view.setInt16(at.dim + 2 * i, n, true)
  }
  for (const [i, mm] of [1, ...spacingOf(affine), 1, 1, 1, 1].entries()) {
    view.setFloat32(at.pixdim + 4 * i, mm, true)
  }
  view.setUint8(at.xyztUnits, millimetre)
  view.setInt16(at.sformCode, scannerAnatomical, true)
  for (const [i, lps] of affine.slice(0, 12).entries()) {
    view.setFloat32(at.srow + 4 * i, i < 8 ? 0 - lps : lps, true)
  }
  return header
}

/** Sets a header to unscaled one-byte labels that directly follow it. */
function describeLabels(header: Uint8Array, version: 1 | 2, littleEndian: boolean): void {
  const view = new DataView(header.buffer, header.byteOffset)
  const at = fieldOffsets[version]
  const dataStart = headerSize[version] + 4
  const setReal = (offset: number, value: number) =>
    version === 1
      ? view.setFloat32(offset, value, littleEndian)
      : view.setFloat64(offset, value, littleEndian)
  view.setInt16(at.datatype, uint8, littleEndian)
  view.setInt16(at.bitpix, 8, littleEndian)
  setReal(at.sclSlope, 1)
  setReal(at.sclInter, 0)
  setReal(at.calMin, 0)
  setReal(at.calMax, 0)
  if (version === 1) {
    view.setInt16(at.intentCode, labelIntent, littleEndian)
    view.setFloat32(at.voxOffset, dataStart, littleEndian)
  } else {
    view.setInt32(at.intentCode, labelIntent, littleEndian)
    view.setBigInt64(at.voxOffset, BigInt(dataStart), littleEndian)
  }
}

/**
 * Writes a label map as a NIfTI file of bytes. With the header of the image it was made from, the
 * file has exactly that image's grid (sform, qform, codes, sizes, byte order); without one, a
 * NIfTI-1 header with an sform is made from the grid.
 */
export function writeNifti(
  labelMap: LabelMap,
  options: { readonly gzip: boolean; readonly reference?: NiftiHeader },
): Uint8Array {
  const { gzip, reference } = options
  const header = reference === undefined ? composeHeader(labelMap) : reference.raw.slice()
  const version = reference?.version ?? 1
  describeLabels(header, version, reference?.littleEndian ?? true)
  const start = headerSize[version] + 4
  const file = new Uint8Array(start + labelMap.labels.length)
  file.set(header)
  file.set(labelMap.labels, start)
  return gzip ? gzipSync(file) : file
}
