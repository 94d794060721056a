import { cutSlices } from '../sample-study/cut-slices.ts'
import { findLabelBox, readTemplate } from '../sample-study/read-template.ts'
import type { SampleSeries } from '../sample-study/sample-series.ts'

const templateFolder = '/usr/share/mricron/templates'
const leftHippocampus = 37

const describe = (
  number: number,
  description: string,
  slices: SampleSeries['slices'],
): SampleSeries => ({
  number,
  description,
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
  acquisitionType: '3D',
  sliceThickness: 1,
  slices,
  laterality: undefined,
  fromScanner: true,
})

/** A crop around the left hippocampus whose images, 35 x 51, do not fill whole bytes at one bit a pixel. */
export function cutUnalignedCrop(): SampleSeries {
  const head = readTemplate(`${templateFolder}/ch2.nii.gz`)
  const { from, to } = findLabelBox(
    readTemplate(`${templateFolder}/aal.nii.gz`),
    leftHippocampus,
    4,
  )
  const [columns, rows] = [35, 51]
  const middle = (axis: 0 | 1) => Math.round((from[axis] + to[axis]) / 2)
  const cut = {
    columns,
    rows,
    slices: to[2] - from[2] + 1,
    start: [middle(0) + 17, middle(1) + 25, from[2]] as const,
    columnStep: [-1, 0, 0] as const,
    rowStep: [0, -1, 0] as const,
    sliceStep: [0, 0, 1] as const,
    layers: 1,
  }
  return describe(
    5,
    'HippoCrop',
    cutSlices(head, cut).map((slice) => ({ ...slice, columns, rows })),
  )
}

/** The whole head in sagittal images of 256 x 256, as scanners send it. */
export function cutWholeHead(): SampleSeries {
  const head = readTemplate(`${templateFolder}/ch2.nii.gz`)
  const [i, j, k] = head.dimensions
  const size = 256
  const cut = {
    columns: size,
    rows: size,
    slices: i,
    start: [0, j - 1 + ((size - j) >> 1), k - 1 + ((size - k) >> 1)] as const,
    columnStep: [0, -1, 0] as const,
    rowStep: [0, 0, -1] as const,
    sliceStep: [1, 0, 0] as const,
    layers: 1,
  }
  return describe(
    2,
    'T1 3D SAG 1mm',
    cutSlices(head, cut).map((slice) => ({ ...slice, columns: size, rows: size })),
  )
}
