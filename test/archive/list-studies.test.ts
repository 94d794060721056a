import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, createArchive } from '../../src/archive/archive.ts'
import { isOrthancInstalled, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts'
import { type PhantomOptions, phantomUid, writePhantomSeries } from '../support/phantom-dicom.ts'

describe.skipIf(!isOrthancInstalled()).each([
  ['with DICOMweb', true],
  ['without DICOMweb', false],
])('the studies of an archive, %s', (_, dicomWeb) => {
  let orthanc: RunningOrthanc
  let archive: Archive

  async function send(seed: string, StudyDate: string, options: PhantomOptions = {}) {
    const attributes = {
      StudyDate,
      StudyDescription: `Study ${seed}`,
      PatientBirthDate: '19500102',
    }
    const [file] = writePhantomSeries({ seed, patientId: 'P1', slices: 1, attributes, ...options })
    await orthanc.upload(file!)
  }
  const list = async (query: Parameters<Archive['listStudies']>[0]) =>
    (await archive.listStudies(query)).map(({ studyInstanceUid }) => studyInstanceUid).toSorted()
  const uids = (...seeds: string[]) => seeds.map((seed) => phantomUid(`${seed} study`)).toSorted()

  beforeAll(async () => {
    orthanc = await startOrthanc({ dicomWeb })
    const { url, user, password } = orthanc
    archive = createArchive({
      url,
      user,
      password,
      dicomWebRoot: '/dicom-web',
      connections: 2,
      timeoutMilliseconds: 10_000,
    })
    await send('a', '20200131')
    await send('b', '20200201', { patientId: 'P 2' })
    await send('c', '20200202')
    await send('d', '')
    await send('ct', '20200201', { modality: 'CT' })
  })
  afterAll(async () => {
    await archive?.close()
    await orthanc?.stop()
  })

  it('are listed by days, both ends included, MR only', async () => {
    expect(await list({ from: '20200131', to: '20200201' })).toEqual(uids('a', 'b'))
    expect(await list({ from: '20200201' })).toEqual(uids('b', 'c'))
    expect(await list({ to: '20200131' })).toEqual(uids('a', 'd'))
    expect(await list({ from: '20200201', to: '20200202', limit: 1 })).toHaveLength(1)
    expect(await archive.listStudies({ from: '20200202' })).toMatchObject([
      { studyInstanceUid: uids('c')[0], studyDate: '20200202' },
    ])
  })

  it('are listed by an exact patient ID, including those without a date', async () => {
    expect(await list({ patientId: 'P1' })).toEqual(uids('a', 'c', 'd'))
    expect(await list({ patientId: 'P 2' })).toEqual(uids('b'))
    expect(await list({ patientId: 'P*' })).toEqual([])
    expect(await list({ patientId: ' ' })).toEqual([])
    expect(await list({ patientId: 'P1', from: '20200201', to: '20200301' })).toEqual(uids('c'))
  })

  it("are described with the archive's facts about study and patient", async () => {
    const [known] = await archive.resolveStudies([...uids('a'), '1.2.3.4'])
    expect(known).toMatchObject({
      studyInstanceUid: uids('a')[0],
      studyDate: '20200131',
      studyDescription: 'Study a',
      patientId: 'P1',
      patientBirthDate: '19500102',
      patientSex: 'F',
    })
    const { orthancStudyId } = known!
    expect(await archive.describeStudies([orthancStudyId])).toMatchObject([{ orthancStudyId }])
    expect(await archive.listSeriesDescriptions(orthancStudyId)).toEqual(['HippoCrop'])
    expect(await archive.listSeriesDescriptions('0'.repeat(8))).toEqual([])
  })
})
