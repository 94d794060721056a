import { loadImage } from 'canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readSequence, readString } from '../../src/dicom/read-attributes.ts'
import { instancesPerResult, type JobView, type Product, startProduct } from './product.ts'
import { cropOnly, reason, sampleFiles, whatIsMissing } from './sample-files.ts'

const path = ({ id }: JobView) => `/api/v1/jobs/${id}`

describe.skipIf(whatIsMissing !== '')(`a study that changes after it was measured${reason}`, () => {
  let product: Product
  let studyId: string
  let first: JobView
  let firstPage: Buffer
  let second: JobView

  const readJob = ({ id }: JobView) => product.service.json<JobView>(`/api/v1/jobs/${id}`)
  /** How many results the study holds. */
  const countResults = async () => (await product.reportsOf(studyId)).length / instancesPerResult
  async function download(instanceId: string): Promise<Buffer> {
    const answer = await product.orthanc.request(`/instances/${instanceId}/file`)
    return Buffer.from(await answer.arrayBuffer())
  }

  async function findCrop(): Promise<{ ID: string; Instances: string[] }> {
    const catalogue = await product.orthanc.request(`/studies/${studyId}/series?expand`)
    const series = (await catalogue.json()) as {
      ID: string
      MainDicomTags: Record<string, string>
      Instances: string[]
    }[]
    return series.find(({ MainDicomTags }) => MainDicomTags.SeriesNumber === '5')!
  }

  beforeAll(async () => {
    product = await startProduct({ environment: { SWEEP_SECONDS: '0' } })
    studyId = await product.upload(sampleFiles('growth', cropOnly(43)))
    first = await product.waitForVerdict(studyId)
    firstPage = await product.readPage(first.id)
    await product.upload(sampleFiles('growth').slice(43))
    second = await product.waitForJob(
      studyId,
      ({ id, state }) => id !== first.id && state === 'succeeded',
      'the result of the grown series',
    )
  })

  afterAll(() => product?.stop())

  it('gets a new result that names its predecessor', async () => {
    expect(second.links.predecessor).toBe(path(first))
    expect(second).toMatchObject({ trigger: 'hook', runNumber: 0, superseded: false })
    const [older, newer] = [
      (await product.readOutcome(first.id)).result!,
      (await product.readOutcome(second.id)).result!,
    ]
    expect(newer.replaces).toEqual({
      jobId: first.id,
      analysedAt: older.analysedAt,
      sourceInstanceCount: 43,
      measurements: older.stored[1],
    })
    expect(newer.sourceInstanceCount).toBe(46)
    const uidsOf = ({ stored }: typeof newer) => stored.map((one) => one.sopInstanceUid)
    expect(uidsOf(newer).filter((uid) => uidsOf(older).includes(uid))).toEqual([])
    expect(await countResults()).toBe(2)
  })

  it('marks the old result in the API and with a band over its page', async () => {
    const old = await readJob(first)
    expect(old).toMatchObject({ state: 'succeeded', superseded: true })
    expect(old.links.supersededBy).toBe(path(second))
    const [before, now] = [
      await loadImage(firstPage),
      await loadImage(await product.readPage(first.id)),
    ]
    expect(now.width).toBe(before.width)
    expect(now.height).toBeGreaterThan(before.height)
    const current = await loadImage(await product.readPage(second.id))
    expect(now.height).toBeGreaterThan(current.height - 40)
  })

  it('has nothing new for a run without force', async () => {
    const job = await product.rerun(studyId)
    expect(job.state).toBe('unchanged')
    expect((await product.readOutcome(job.id)).sameAsJobId).toBe(second.id)
    expect(await countResults()).toBe(2)
  })

  it('says in its structured report which one it replaces', async () => {
    const [older, newer] = [
      (await product.readOutcome(first.id)).result!,
      (await product.readOutcome(second.id)).result!,
    ]
    const { dataset } = parsePart10(await download(newer.stored[1]!.orthancInstanceId))
    const [study] = readSequence(dataset, 'PredecessorDocumentsSequence')!
    const [series] = readSequence(study!, 'ReferencedSeriesSequence')!
    const [document] = readSequence(series!, 'ReferencedSOPSequence')!
    expect(readString(document!, 'ReferencedSOPInstanceUID')).toBe(older.stored[1]!.sopInstanceUid)
  })

  it('gets deleted parts of its result back: the same UIDs, the same bytes', async () => {
    const { stored } = (await product.readOutcome(second.id)).result!
    for (const lost of [[stored[0]!], [stored[1]!], stored]) {
      const ids = lost.map(({ orthancInstanceId }) => orthancInstanceId)
      const files = await Promise.all(ids.map(download))
      for (const id of ids) await product.orthanc.request(`/instances/${id}`, { method: 'DELETE' })
      const job = await product.rerun(studyId)
      expect(job.state).toBe('unchanged')
      const again = await Promise.all(ids.map(download))
      expect(again.map((file, index) => Buffer.compare(file, files[index]!))).toEqual(
        ids.map(() => 0),
      )
      expect(await countResults()).toBe(2)
    }
  })

  it('gets a new, linked result of run 1 when one is forced', async () => {
    const job = await product.rerun(studyId, true)
    expect(job).toMatchObject({ state: 'succeeded', force: true, runNumber: 1 })
    expect(job.links.predecessor).toBe(path(second))
    expect((await readJob(second)).superseded).toBe(true)
    const [one, two] = [
      (await product.readOutcome(second.id)).result!,
      (await product.readOutcome(job.id)).result!,
    ]
    expect(two.volumes).toEqual(one.volumes)
    expect(two.contentDigest).toBe(one.contentDigest)
    expect(two.stored[0]!.sopInstanceUid).not.toBe(one.stored[0]!.sopInstanceUid)
    expect(two.replaces!.measurements).toEqual(one.stored[1])
    expect(await countResults()).toBe(3)
  })

  it('gets a new result when images of the measured series are taken away', async () => {
    const { Instances } = await findCrop()
    const numbers = await Promise.all(
      Instances.map(async (id) => {
        const answer = await product.orthanc.request(`/instances/${id}`)
        const { MainDicomTags } = (await answer.json()) as {
          MainDicomTags: Record<string, string>
        }
        return { id, number: Number(MainDicomTags.InstanceNumber) }
      }),
    )
    const last = numbers.toSorted((a, b) => b.number - a.number).slice(0, 3)
    for (const { id } of last)
      await product.orthanc.request(`/instances/${id}`, { method: 'DELETE' })
    const job = await product.rerun(studyId)
    // The 43 slices of the first result, which was replaced: a new result, not that one again.
    expect(job).toMatchObject({ state: 'succeeded', runNumber: 1 })
    expect((await product.readOutcome(job.id)).result!.sourceInstanceCount).toBe(43)
    expect(await countResults()).toBe(4)
  })
  it('is rejected once it contains only our own results', async () => {
    const crop = await findCrop()
    await product.orthanc.request(`/series/${crop.ID}`, { method: 'DELETE' })
    const job = await product.rerun(studyId)
    expect(job).toMatchObject({
      state: 'rejected',
      error: {
        code: 'NO_MEASURABLE_SERIES',
        message: 'The study has no series that can be measured: it contains no source images.',
      },
    })
    expect(await product.reportsOf(studyId)).toHaveLength(4 * instancesPerResult)
  })
})
