import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { locateHippocampi } from '../../src/localization/locate-hippocampi.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { lengthOf, subtract } from '../../src/volume/vector3.ts'
import { disturbHead } from '../../tools/check-localization/disturb-head.ts'
import { listHeads, measureLabels } from '../../tools/check-localization/read-head.ts'
import { seededRandom } from '../../tools/seeded-random.ts'

const shared = process.env.HIPPO_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data')
const heads = resolve(shared, 'heads')
const absent = existsSync(heads) ? '' : ' (skipped: the optional folder shared/data is absent)'
const read = (folder: string) => listHeads(resolve(heads, folder))[0]!

describe.skipIf(absent !== '')(`real heads${absent}`, () => {
  it('locates the hippocampi of a labelled brain within 5 mm', async () => {
    const head = read('freesurfer')
    const { found, centers } = locateHippocampi(await head.read())
    const truth = measureLabels(head.labels!)
    expect(found).toBe(true)
    for (const side of ['left', 'right'] as const) {
      expect(lengthOf(subtract(centers[side], truth[side].centroid))).toBeLessThan(5)
    }
  })

  it.each([
    ['dicom/philips_adni_mprage', 1500],
    ['dicom/xa30_enhanced', 1510],
  ])('finds the head of %s, sized within a tenth of another program', async (folder, cm3) => {
    const found = locateHippocampi(await read(folder).read())
    expect(found.found).toBe(true)
    expect(found.brainCoverage).toBeGreaterThan(0.98)
    expect(Math.abs(found.intracranialVolumeMm3 / (cm3 * 1000) - 1)).toBeLessThan(0.1)
    expect(found.centers.left[0] - found.centers.right[0]).toBeGreaterThan(40)
  })

  it('finds a head whose deep white matter looks like fat, with shading, tilt and noise', async () => {
    const head = listHeads(resolve(heads, 'ds011')).find(({ name }) => name.includes('sub-04'))!
    const volume = await head.read()
    const { left, right } = measureLabels(head.labels!)
    const between = (axis: 0 | 1 | 2) => (left.centroid[axis] + right.centroid[axis]) / 2
    const middle: Vector3 = [between(0), between(1), between(2) + 12]
    const random = seededRandom(1003)
    const disturb = () => disturbHead(volume, middle, random)
    // The first two of this seed were always found.
    const [, , { volume: disturbed, move }] = [disturb(), disturb(), disturb()] as const
    const { found, centers } = locateHippocampi(disturbed)
    expect(found).toBe(true)
    expect(lengthOf(subtract(centers.left, move(left.centroid)))).toBeLessThan(6)
    expect(lengthOf(subtract(centers.right, move(right.centroid)))).toBeLessThan(6)
  })

  it('finds no head in a scanner phantom', async () => {
    const found = locateHippocampi(await read('dicom/siemens_t1_jpegll').read())
    expect(found).toMatchObject({ found: false, doubt: 'unlike' })
  })
})
