import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writePhantomSeries } from '../support/phantom-dicom.ts'
import { type JobView, type Product, startProduct } from './product.ts'
import { reason, whatIsMissing } from './sample-files.ts'

const minutes = (count: number) => count * 60_000

describe.skipIf(whatIsMissing !== '')(`a site that wants no page of a rejection${reason}`, () => {
  let product: Product
  let studyId: string
  let job: JobView

  beforeAll(async () => {
    product = await startProduct({
      environment: { SWEEP_SECONDS: '0', REPORT_REJECTED: 'false' },
    })
    const seriesDescription = 'T1 MPRAGE'
    const size = { columns: 160, rows: 160, slices: 130 }
    studyId = await product.upload(
      writePhantomSeries({ seed: 'no page', seriesDescription, ...size }),
    )
    job = await product.waitForVerdict(studyId)
  }, minutes(5))
  afterAll(() => product?.stop())

  it('gets the reason from the API, and nothing in the study', async () => {
    expect(job).toMatchObject({ state: 'rejected', error: { code: 'HEAD_NOT_FOUND' } })
    expect(job.links).not.toHaveProperty('report')
    expect(await product.reportsOf(studyId)).toEqual([])
    const page = await product.service.request(`/api/v1/jobs/${job.id}/report.png`)
    expect(page.status).toBe(409)
  })
})
