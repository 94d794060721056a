import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { decodeInstance } from '../../src/dicom/decode-instance.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readNifti } from '../../src/nifti/read-nifti.ts'
import { assembleVolume } from '../../src/volume/assemble-volume.ts'
import type { Vector3, Volume } from '../../src/volume/grid.ts'
import { voxelToPatient } from '../../src/volume/patient-affine.ts'

/** A head, with known labels. */
export interface Head {
  readonly name: string
  readonly read: () => Promise<Volume>
  /** Labels of both hippocampi on any grid, with their values. */
  readonly labels?: { readonly path: string; readonly left: number; readonly right: number }
  /** A label map whose labels together are the brain as another program strips it, on the head's grid. */
  readonly brainPath?: string
}

/**
 * Names of label maps of a head, and their numbers of the hippocampi; the first existing one is
 * used.
 */
const labelKinds = [
  { suffix: 'hippocampus', left: 1, right: 2 },
  { suffix: 'aseg', left: 17, right: 53 },
  { suffix: 'hippodeep', left: 1, right: 2 },
  { suffix: 'dlmuse', left: 48, right: 47 },
] as const
const isLabelMap = (name: string) => labelKinds.some(({ suffix }) => name.includes(`_${suffix}`))

function findLabels(path: string): Pick<Head, 'labels' | 'brainPath'> {
  const beside = (suffix: string) => path.replace(/_t1\.nii/, `_${suffix}.nii`)
  const kinds = labelKinds.filter(({ suffix }) => beside(suffix) !== path)
  const kind = kinds.find(({ suffix }) => existsSync(beside(suffix)))
  const brain = beside('hippodeep')
  return {
    ...(kind && { labels: { path: beside(kind.suffix), left: kind.left, right: kind.right } }),
    ...(brain !== path && existsSync(brain) ? { brainPath: brain } : {}),
  }
}

/** Centroid and middle of the bounding box of a label, LPS mm. */
export interface Place {
  readonly centroid: Vector3
  readonly box: Vector3
}

export const readVolume = (path: string): Volume =>
  readNifti(new Uint8Array(readFileSync(path))).volume

async function readSeries(folder: string): Promise<Volume> {
  const files = readdirSync(folder, { encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
  const frames = []
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(join(folder, file)))
    frames.push(...(await decodeInstance(parsePart10(bytes))))
  }
  return assembleVolume(frames).volume
}

/**
 * The heads of a folder: NAME_t1.nii.gz with NAME_hippocampus.nii.gz (1 left, 2 right) or another
 * known label map if there is one, other NIfTI files without labels, and folders with the files of
 * one DICOM series.
 */
export function listHeads(folder: string, called = basename(folder)): Head[] {
  const names = readdirSync(folder, { encoding: 'utf8' }).sort()
  const heads: Head[] = []
  const isDicom = names.some((name) => name.endsWith('.dcm'))
  if (isDicom) heads.push({ name: called, read: () => readSeries(folder) })
  for (const name of names) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) heads.push(...listHeads(path, `${called}/${name}`))
    else if (/\.nii(\.gz)?$/.test(name) && !isLabelMap(name)) {
      heads.push({
        name: `${called}/${name.replace(/(_t1)?\.nii(\.gz)?$/, '')}`,
        read: async () => readVolume(path),
        ...findLabels(path),
      })
    }
  }
  return heads
}

/** Colin27 with the AAL atlas, as Debian's mricron-data ships them. */
export function listColin(folder = '/usr/share/mricron/templates'): Head[] {
  const [head, atlas] = [join(folder, 'ch2.nii.gz'), join(folder, 'aal.nii.gz')]
  if (!existsSync(head) || !existsSync(atlas)) return []
  return [
    {
      name: 'Colin27',
      read: async () => readVolume(head),
      labels: { path: atlas, left: 37, right: 38 },
    },
  ]
}

function measurePlace({ dimensions, affine, intensities }: Volume, label: number): Place {
  const [columns, rows] = dimensions
  const sum = [0, 0, 0]
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  let count = 0
  intensities.forEach((value, at) => {
    if (value !== label) return
    const row = Math.floor(at / columns)
    const point = voxelToPatient(affine, [at % columns, row % rows, Math.floor(row / rows)])
    point.forEach((mm, axis) => {
      sum[axis]! += mm
      low[axis] = Math.min(low[axis]!, mm)
      high[axis] = Math.max(high[axis]!, mm)
    })
    count++
  })
  const along = (of: (axis: number) => number): Vector3 => [of(0), of(1), of(2)]
  return {
    centroid: along((axis) => sum[axis]! / count),
    box: along((axis) => (low[axis]! + high[axis]!) / 2),
  }
}

/** Positions of both hippocampi by the labels. */
export function measureLabels({ path, left, right }: NonNullable<Head['labels']>) {
  const labels = readVolume(path)
  return { left: measurePlace(labels, left), right: measurePlace(labels, right) }
}
