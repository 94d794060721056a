import { type Cut, type CutSlice, cutSlices } from './cut-slices.ts'
import { findLabelBox, readTemplate } from './read-template.ts'

/** Debian's mricron-data: one man's head (Colin27) and the AAL atlas drawn on it. */
const templateFolder = '/usr/share/mricron/templates'
const hippocampusLeft = 37

export interface SampleSeries {
  readonly number: number
  readonly description: string
  readonly imageType: readonly string[]
  readonly acquisitionType: '2D' | '3D'
  /** Millimetres. */
  readonly sliceThickness: number
  readonly slices: readonly (CutSlice & { readonly columns: number; readonly rows: number })[]
  readonly laterality: 'L' | undefined
  /** False for the crop: like real ones it states neither age nor sex nor scanner. */
  readonly fromScanner: boolean
}

const right = [1, 0, 0] as const
const left = [-1, 0, 0] as const
const posterior = [0, -1, 0] as const
const inferior = [0, 0, -1] as const
const superior = [0, 0, 1] as const
const times = (step: readonly [number, number, number], factor: number) =>
  step.map((value) => value * factor || 0) as unknown as readonly [number, number, number]

/**
 * The series a scanner would send of this head: a localizer, the whole head as a sagittal 3D
 * series, a stack of thick slices, and a crop named HippoCrop around the LEFT hippocampus, found by
 * its AAL label. Throws when mricron-data is not installed.
 */
export function makeSampleSeries(): SampleSeries[] {
  const head = readTemplate(`${templateFolder}/ch2.nii.gz`)
  const box = findLabelBox(readTemplate(`${templateFolder}/aal.nii.gz`), hippocampusLeft, 5)
  const [i, j, k] = head.dimensions.map((size) => size - 1) as [number, number, number]
  const plane = { slices: 1, layers: 1 }
  const axial = { columnStep: left, rowStep: posterior, sliceStep: superior, columns: i + 1 }
  const sagittal = { columnStep: posterior, rowStep: inferior, sliceStep: right }
  const coronal = { columnStep: left, rowStep: inferior, sliceStep: posterior }
  const cut = (shape: Cut) =>
    cutSlices(head, shape).map((slice) => ({ ...slice, columns: shape.columns, rows: shape.rows }))
  return [
    {
      number: 1,
      description: 'Localizer',
      imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'],
      acquisitionType: '2D',
      sliceThickness: 1,
      slices: [
        cut({ ...sagittal, ...plane, start: [i / 2, j, k], columns: j + 1, rows: k + 1 }),
        cut({ ...coronal, ...plane, start: [i, j / 2, k], columns: i + 1, rows: k + 1 }),
        cut({ ...axial, ...plane, start: [i, j, k / 2], rows: j + 1 }),
      ].flat(),
      laterality: undefined,
      fromScanner: true,
    },
    {
      number: 2,
      description: 'T1 3D SAG 1mm',
      imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
      acquisitionType: '3D',
      sliceThickness: 1,
      slices: cut({
        ...sagittal,
        start: [0, j, k],
        columns: j + 1,
        rows: k + 1,
        slices: i + 1,
        layers: 1,
      }),
      laterality: undefined,
      fromScanner: true,
    },
    {
      number: 3,
      description: 'T1 AX 5mm',
      imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
      acquisitionType: '2D',
      sliceThickness: 5,
      slices: cut({
        ...axial,
        start: [i, j, 6],
        rows: j + 1,
        sliceStep: times(superior, 6),
        slices: 27,
        layers: 5,
      }),
      laterality: undefined,
      fromScanner: true,
    },
    {
      number: 5,
      description: 'HippoCrop',
      imageType: ['DERIVED', 'SECONDARY', 'AXIAL'],
      acquisitionType: '3D',
      sliceThickness: 1,
      slices: cut({
        ...axial,
        start: [box.to[0], box.to[1], box.from[2]],
        columns: box.to[0] - box.from[0] + 1,
        rows: box.to[1] - box.from[1] + 1,
        slices: box.to[2] - box.from[2] + 1,
        layers: 1,
      }),
      laterality: 'L',
      fromScanner: false,
    },
  ]
}
