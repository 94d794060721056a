import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeNifti } from '../nifti/make-nifti.ts'

const size = [20, 20, 20] as const

/**
 * Writes crops with manual labels: a block of 300 (posterior) and one whose halves are `weak` and 210
 * (anterior) in a field of 100. Normalised, they lie at about 2.3, 0.8 and 1.0.
 */
export function makeCases(folder: string, count: number): void {
  for (const part of ['images', 'labels']) mkdirSync(join(folder, part), { recursive: true })
  for (let index = 0; index < count; index++) {
    const intensities = new Float32Array(size[0] * size[1] * size[2]).fill(100)
    const labels = new Uint8Array(intensities.length)
    for (let z = 5; z < 15; z++) {
      for (let y = 0; y < 20; y++) {
        for (let x = 5; x < 15; x++) {
          const voxel = x + size[0] * (y + size[1] * z)
          const isPosterior = y < 10
          intensities[voxel] = isPosterior ? 300 : x % 2 === 0 ? 210 : 195 - (index % 5)
          labels[voxel] = isPosterior ? 2 : 1
        }
      }
    }
    const dim = [3, ...size]
    const name = `case${String(index).padStart(2, '0')}.nii`
    writeFileSync(
      join(folder, 'images', name),
      makeNifti({ dim, datatype: 16, values: intensities }),
    )
    writeFileSync(join(folder, 'labels', name), makeNifti({ dim, datatype: 2, values: labels }))
  }
}
