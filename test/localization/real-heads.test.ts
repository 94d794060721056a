import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { locateHippocampi } from '../../src/localization/locate-hippocampi.ts'
import { lengthOf, subtract } from '../../src/volume/vector3.ts'
import { listHeads, measureLabels } from '../../tools/check-localization/read-head.ts'

const shared = process.env.HIPPO_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data')
const heads = resolve(shared, 'heads')
const absent = existsSync(heads) ? '' : ' (skipped: the optional folder shared/data is absent)'
const read = (folder: string) => listHeads(resolve(heads, folder))[0]!

describe.skipIf(absent !== '')(`real heads${absent}`, () => {
  it('has the hippocampi of a labelled brain within 5 mm', async () => {
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

  it('finds no head in a phantom of a scanner', async () => {
    const found = locateHippocampi(await read('dicom/siemens_t1_jpegll').read())
    expect(found).toMatchObject({ found: false, doubt: 'unlike' })
  })
})
