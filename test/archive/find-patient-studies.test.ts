import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, createArchive } from '../../src/archive/archive.ts'
import { isOrthancInstalled, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts'
import { type PhantomOptions, phantomUid, writePhantomSeries } from '../support/phantom-dicom.ts'

describe.skipIf(!isOrthancInstalled()).each([
  ['with DICOMweb', true],
  ['without DICOMweb', false],
])('the studies of a patient, %s', (_, dicomWeb) => {
  let orthanc: RunningOrthanc
  let archive: Archive

  async function send(seed: string, patientId: string, options: PhantomOptions = {}) {
    const [file] = writePhantomSeries({ seed, patientId, slices: 1, ...options })
    await orthanc.upload(file!)
    return phantomUid(`${seed} study`)
  }
  const find = async (patientId: string) =>
    (await archive.findPatientStudies(patientId)).map(({ studyInstanceUid }) => studyInstanceUid)

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
  })
  afterAll(async () => {
    await archive?.close()
    await orthanc?.stop()
  })

  it('are found with their dates', async () => {
    const attributes = { StudyDate: '20210304', StudyTime: '081500' }
    const one = await send('one', 'P 1', { attributes })
    const two = await send('two', 'P 1', { attributes: { StudyDate: '' } })
    const found = await archive.findPatientStudies(' P 1 ')
    expect(found.map(({ studyInstanceUid }) => studyInstanceUid).toSorted()).toEqual(
      [one, two].toSorted(),
    )
    const first = found.find(({ studyInstanceUid }) => studyInstanceUid === one)
    expect(first).toMatchObject({ studyDate: '20210304', studyTime: '081500' })
    const second = found.find(({ studyInstanceUid }) => studyInstanceUid === two)
    expect(second?.studyDate).toBeUndefined()
  })

  it('are those of exactly this ID: no wildcards, no other case, no parts of it', async () => {
    const star = await send('star', 'Q*7')
    const other = await send('other', 'Qx7')
    const small = await send('small', 'qx7')
    await send('longer', 'Qx77')
    expect(await find('Q*7')).toEqual([star])
    expect(await find('Qx7')).toEqual([other])
    expect(await find('qx7')).toEqual([small])
    for (const pattern of ['*', '?x7', 'Q?7', 'Qx', 'Qx7\\qx7', '']) {
      expect(await find(pattern)).toEqual([])
    }
  })

  it('are found by an ID with unusual characters', async () => {
    const odd = await send('odd', 'A&B=C/4,5+6%20#')
    expect(await find('A&B=C/4,5+6%20#')).toEqual([odd])
  })

  it('are those with MR images', async () => {
    const mr = await send('mr', 'R1')
    await send('ct', 'R1', { modality: 'CT' })
    expect(await find('R1')).toEqual([mr])
  })
})
