import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, createArchive } from '../../src/archive/archive.ts'
import { refusalOf } from '../../src/archive/archive-error.ts'
import { isOrthancInstalled, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const open = (url: string, user: string, password: string, dicomWebRoot = '/dicom-web') =>
  createArchive({ url, user, password, dicomWebRoot, connections: 2, timeoutMilliseconds: 5000 })

describe.skipIf(!isOrthancInstalled())('what is written on a study', () => {
  let orthanc: RunningOrthanc
  let archive: Archive
  let studyId: string
  let hasLabels: boolean

  const read = async (path: string) => (await orthanc.request(path)).text()
  const labels = async () => JSON.parse(await read(`/studies/${studyId}/labels`)) as string[]

  beforeAll(async () => {
    orthanc = await startOrthanc({ configuration: { CheckRevisions: true } })
    archive = open(orthanc.url, orthanc.user, orthanc.password)
    studyId = (await orthanc.upload(writePhantomSeries({ slices: 1 })[0]!)).studyId
    hasLabels = (await read('/system')).includes('"HasLabels" : true')
  })
  afterAll(async () => {
    await archive?.close()
    await orthanc?.stop()
  })

  it('are labels where Orthanc has them, and they are no change of the study', async () => {
    const change = { add: ['hippovolume-measured'], remove: ['hippovolume-rejected'] }
    if (!hasLabels) {
      await expect(archive.labelStudy(studyId, change)).resolves.toBeUndefined()
      return
    }
    for (const label of ['hippovolume-rejected', 'of-the-site']) {
      await orthanc.request(`/studies/${studyId}/labels/${label}`, { method: 'PUT', body: '' })
    }
    const changesOfStudies = async () => {
      const { Changes } = JSON.parse(await read('/changes')) as {
        Changes: { ChangeType: string; ResourceType: string }[]
      }
      return Changes.flatMap((change) =>
        change.ResourceType === 'Study' ? [change.ChangeType] : [],
      )
    }
    const state = async () => [
      ...(await changesOfStudies()),
      await read(`/studies/${studyId}/metadata/LastUpdate`),
    ]
    while (!(await changesOfStudies()).includes('StableStudy')) await sleep(50)
    const before = await state()
    await archive.labelStudy(studyId, change)
    expect(await labels()).toEqual(['hippovolume-measured', 'of-the-site'])
    await archive.labelStudy(studyId, change)
    expect(await labels()).toEqual(['hippovolume-measured', 'of-the-site'])
    await sleep(1_500) // longer than a study takes to become stable
    expect(await state()).toEqual(before)
  })

  it('are no labels where the study is gone', async () => {
    const gone = '00000000-00000000-00000000-00000000-00000000'
    await archive.labelStudy(gone, { add: ['hippovolume-measured'], remove: [] })
  })

  it("is the job in place of the hook's older trace, although Orthanc checks revisions", async () => {
    const path = `/studies/${studyId}/metadata/HippoHook`
    await archive.noteAnnouncement(studyId, 'too-early')
    expect((await orthanc.request(path)).status).toBe(404)
    await orthanc.request(path, { method: 'PUT', body: 'failed the service did not answer' })
    expect((await orthanc.request(path, { method: 'PUT', body: 'unconditional' })).ok).toBe(false)
    for (const jobId of ['job-1', 'job-2']) {
      await archive.noteAnnouncement(studyId, jobId)
      expect(await read(path)).toBe(`sent ${jobId}`)
    }
  })

  it('is read over DICOMweb only where the settings name its root', async () => {
    await archive.requireDicomWeb()
    const wrong = open(orthanc.url, orthanc.user, orthanc.password, '/wrong/')
    await expect(wrong.requireDicomWeb()).rejects.toMatchObject({
      code: 'ARCHIVE_ANSWER_INVALID',
      message: expect.stringMatching(/no DICOMweb under \/wrong\. Set DICOMWEB_ROOT/),
    })
    await wrong.close()
  })
})

describe('a read-only archive', () => {
  it('is not ready, and says so of itself', async () => {
    const server = createServer((request, response) => {
      const system = { Version: '1.12.7', ReadOnly: true }
      response.end(JSON.stringify(request.url === '/system' ? system : []))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const archive = open(`http://127.0.0.1:${port}`, 'a', 'b')
    await expect(archive.ping()).rejects.toMatchObject({
      code: 'ARCHIVE_READ_ONLY',
      retryable: true,
      message: expect.stringContaining("ReadOnly in Orthanc's configuration"),
    })
    await archive.close()
    server.close()
  })

  it('answers a store with 405, after which the job waits', () => {
    expect(refusalOf(405, '', 'store')).toMatchObject({
      code: 'ARCHIVE_READ_ONLY',
      retryable: true,
    })
  })
})
