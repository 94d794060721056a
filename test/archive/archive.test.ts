import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, createArchive } from '../../src/archive/archive.ts'
import { isOrthancInstalled, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts'
import { phantomUid, writeEnhancedPhantom, writePhantomSeries } from '../support/phantom-dicom.ts'

const noStudy = '00000000-00000000-00000000-00000000-00000000'

function open(orthanc: RunningOrthanc, options: { timeoutMilliseconds?: number } = {}): Archive {
  const { url, user, password } = orthanc
  return createArchive({
    url,
    user,
    password,
    dicomWebRoot: '/dicom-web',
    connections: 8,
    timeoutMilliseconds: 5000,
    ...options,
  })
}

function sorted(files: readonly Uint8Array[]): Buffer[] {
  return files.map((file) => Buffer.from(file)).toSorted(Buffer.compare)
}

describe.skipIf(!isOrthancInstalled())('the archive, with DICOMweb', () => {
  let orthanc: RunningOrthanc
  let archive: Archive
  const studyInstanceUid = phantomUid('archive test study')
  const cropSeriesUid = phantomUid('archive test crop')
  const crop = writePhantomSeries({
    studyInstanceUid,
    seriesInstanceUid: cropSeriesUid,
    laterality: 'L',
    slices: 44,
  })
  const enhanced = writeEnhancedPhantom({
    studyInstanceUid,
    seriesNumber: 7,
    seriesDescription: 'T1 enhanced',
    laterality: 'R',
    pixelSpacing: [0.9, 0.8],
    sliceSpacing: 1.2,
    slices: 6,
  })
  const own = writePhantomSeries({
    studyInstanceUid,
    seriesNumber: 9,
    slices: 1,
    modality: 'OT',
    attributes: { Manufacturer: 'HippoVolume', PatientAge: undefined },
  })
  let studyId: string

  beforeAll(async () => {
    orthanc = await startOrthanc()
    archive = open(orthanc)
    for (const file of [...crop.toReversed(), enhanced, ...own]) {
      studyId = (await orthanc.upload(file)).studyId
    }
  })
  afterAll(async () => {
    await archive?.close()
    await orthanc?.stop()
  })

  async function readCropFacts() {
    const { series } = await archive.readCatalogue(studyId)
    const facts = series.find(({ seriesDescription, modality }) => {
      return seriesDescription === 'HippoCrop' && modality === 'MR'
    })!
    return { ...facts, studyInstanceUid }
  }

  it('reports its version and whether it has DICOMweb', async () => {
    expect(await archive.ping()).toEqual({
      version: expect.stringMatching(/^\d+\.\d+/),
      hasDicomWeb: true,
    })
  })

  it('finds a study by either identifier', async () => {
    const study = await archive.findStudy(studyInstanceUid)
    expect(study).toEqual({
      orthancStudyId: studyId,
      studyInstanceUid,
      isStable: expect.any(Boolean),
      lastUpdate: expect.stringMatching(/^\d{8}T\d{6}$/),
    })
    expect((await archive.findStudy(studyId)).studyInstanceUid).toBe(studyInstanceUid)
  })

  it.each([noStudy, '1.2.3.4', '../system', '', 'PHANTOM-phantom', cropSeriesUid])(
    'reports that it does not have the study "%s"',
    async (id) => {
      await expect(archive.findStudy(id)).rejects.toMatchObject({
        code: 'STUDY_NOT_FOUND',
        stage: 'catalogue',
        retryable: false,
      })
    },
  )

  it('is not confused by a patient whose id is the UID of the study', async () => {
    const uid = '2.25.4711'
    const [file] = writePhantomSeries({ studyInstanceUid: uid, patientId: uid, slices: 1 })
    const { studyId: id } = await orthanc.upload(file!)
    expect((await archive.findStudy(uid)).orthancStudyId).toBe(id)
  })

  it('refuses a StudyInstanceUID that two patients share', async () => {
    const shared = phantomUid('shared')
    for (const patientId of ['one', 'two']) {
      const [file] = writePhantomSeries({
        studyInstanceUid: shared,
        patientId,
        seed: patientId,
        slices: 1,
      })
      await orthanc.upload(file!)
    }
    await expect(archive.findStudy(shared)).rejects.toMatchObject({ code: 'STUDY_AMBIGUOUS' })
  })

  it('lists every series with all its instances and the facts of one of them', async () => {
    const catalogue = await archive.readCatalogue(studyId)
    expect(catalogue).toMatchObject({
      study: { orthancStudyId: studyId, studyInstanceUid },
      studyDate: '20260102',
      accessionNumber: 'ACC0001',
      studyDescription: 'Phantom head',
    })
    expect(catalogue.series).toHaveLength(3)
    const facts = await readCropFacts()
    expect(facts).toMatchObject({
      seriesNumber: 5,
      modality: 'MR',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
      imageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
      rows: 36,
      columns: 40,
      sliceThickness: 1,
      pixelSpacing: [1, 1],
      scanningSequence: ['GR', 'IR'],
      inversionTime: 900,
      magneticFieldStrength: 3,
      laterality: 'L',
      patientAge: '067Y',
      patientSex: 'F',
      numberOfFrames: undefined,
      isOwnResult: false,
    })
    expect(new Set(facts.instances.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(44)
    expect(new Set(facts.instances.map(({ revision }) => revision)).size).toBe(44)
  })

  it('reads geometry and timing of an enhanced image from its functional groups', async () => {
    const { series } = await archive.readCatalogue(studyId)
    expect(series.find(({ seriesNumber }) => seriesNumber === 7)).toMatchObject({
      numberOfFrames: 6,
      pixelSpacing: [0.9, 0.8],
      sliceThickness: 1.2,
      spacingBetweenSlices: 1.2,
      repetitionTime: 2300,
      echoTime: 2.98,
      flipAngle: 9,
      laterality: 'R',
      instances: [{ sopInstanceUid: expect.any(String) }],
    })
  })

  it('recognises results of this product', async () => {
    const { series } = await archive.readCatalogue(studyId)
    const ours = series.filter(({ isOwnResult }) => isOwnResult)
    expect(ours.map(({ seriesNumber }) => seriesNumber)).toEqual([9])
  })

  it('shows another revision when an instance was replaced under the same UID', async () => {
    const [file] = writePhantomSeries({ seed: 'replaced', slices: 1 })
    const { instanceId, studyId: id } = await orthanc.upload(file!)
    const before = await archive.readCatalogue(id)
    await orthanc.request(`/instances/${instanceId}`, { method: 'DELETE' })
    await orthanc.upload(file!)
    const after = await archive.readCatalogue(id)
    const [first, second] = [before, after].map(({ series }) => series[0]!.instances[0]!)
    expect(second!.sopInstanceUid).toBe(first!.sopInstanceUid)
    expect(second!.revision).not.toBe(first!.revision)
  })

  it('says that a study is gone once it was deleted', async () => {
    const files = writePhantomSeries({ seed: 'deleted', slices: 3 })
    let id = ''
    for (const file of files) id = (await orthanc.upload(file)).studyId
    const { series, study } = await archive.readCatalogue(id)
    await orthanc.request(`/studies/${id}`, { method: 'DELETE' })
    const gone = { code: 'STUDY_NOT_FOUND', retryable: false }
    await expect(archive.readCatalogue(id)).rejects.toMatchObject(gone)
    const wanted = { ...series[0]!, studyInstanceUid: study.studyInstanceUid }
    await expect(archive.fetchSeries(wanted, { maximumBytes: 1e9 })).rejects.toMatchObject({
      ...gone,
      stage: 'fetch',
    })
  })

  it('fetches the files of a series byte for byte as they were stored', async () => {
    const files = await archive.fetchSeries(await readCropFacts(), { maximumBytes: 1e7 })
    expect(sorted(files)).toEqual(sorted(crop))
  })

  it('loads no more into memory than allowed', async () => {
    const total = crop.reduce((sum, file) => sum + file.length, 0)
    await expect(
      archive.fetchSeries(await readCropFacts(), { maximumBytes: total - 1 }),
    ).rejects.toMatchObject({ code: 'SERIES_TOO_LARGE', stage: 'fetch', retryable: false })
  })

  it('returns the listed instances although the series has grown since', async () => {
    const facts = await readCropFacts()
    const instances = facts.instances.slice(1)
    const files = await archive.fetchSeries({ ...facts, instances }, { maximumBytes: 1e9 })
    expect(sorted(files)).toEqual(sorted(crop.slice(1)))
  })

  it('calls a series incomplete if a listed instance is missing', async () => {
    const facts = await readCropFacts()
    const gone = { ...facts.instances[0]!, sopInstanceUid: '1.2', orthancInstanceId: noStudy }
    await expect(
      archive.fetchSeries(
        { ...facts, instances: [...facts.instances, gone] },
        { maximumBytes: 1e9 },
      ),
    ).rejects.toMatchObject({ code: 'SERIES_INCOMPLETE', retryable: true })
  })

  it('fetches the right patient where two share the UIDs', async () => {
    const uids = { studyInstanceUid: phantomUid('twins'), seriesInstanceUid: phantomUid('twin') }
    const first = writePhantomSeries({ ...uids, patientId: 'A', seed: 'A', slices: 2 })
    const second = writePhantomSeries({ ...uids, patientId: 'B', seed: 'B', slices: 2 })
    let id = ''
    for (const file of [...first, ...second]) id = (await orthanc.upload(file)).studyId
    const { series } = await archive.readCatalogue(id)
    const files = await archive.fetchSeries({ ...series[0]!, ...uids }, { maximumBytes: 1e9 })
    expect(sorted(files)).toEqual(sorted(second))
  })

  it('stops immediately when aborted, with the given reason', async () => {
    const controller = new AbortController()
    const reason = new Error('stop')
    const fetching = archive.fetchSeries(await readCropFacts(), {
      maximumBytes: 1e9,
      signal: controller.signal,
    })
    controller.abort(reason)
    await expect(fetching).rejects.toBe(reason)
  })

  it('stores an instance once, finds it and reads it back', async () => {
    const [file] = writePhantomSeries({ seed: 'stored', slices: 1, seriesInstanceUid: '2.25.77' })
    const sopInstanceUid = phantomUid('stored 2.25.77 0')
    expect(await archive.findInstance(sopInstanceUid)).toBeUndefined()
    const first = await archive.storeInstance(file!)
    expect(first.alreadyStored).toBe(false)
    const { orthancInstanceId } = first
    expect(await archive.storeInstance(file!)).toEqual({ orthancInstanceId, alreadyStored: true })
    expect(await archive.findInstance(sopInstanceUid)).toBe(orthancInstanceId)
    expect(await archive.readInstance(orthancInstanceId)).toEqual(new Uint8Array(file!))
    await archive.verifyInstance(orthancInstanceId, file!)
  })

  it('calls a stored file that differs from the sent one a mismatch', async () => {
    const [file] = writePhantomSeries({ seed: 'verified', slices: 1 })
    const { orthancInstanceId } = await archive.storeInstance(file!)
    const altered = Uint8Array.from(file!)
    altered[altered.length - 1]! ^= 1
    for (const [id, bytes] of [
      [orthancInstanceId, altered],
      [orthancInstanceId, file!.subarray(0, -2)],
      [orthancInstanceId, Buffer.concat([file!, new Uint8Array(2)])],
      [noStudy, file!],
    ] as const) {
      await expect(archive.verifyInstance(id, bytes)).rejects.toMatchObject({
        code: 'VERIFY_MISMATCH',
        stage: 'verify',
        retryable: true,
      })
    }
    expect(await archive.readInstance(noStudy)).toBeUndefined()
  })

  it('reports what Orthanc refuses to store', async () => {
    await expect(archive.storeInstance(Buffer.from('not DICOM'))).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      stage: 'store',
      retryable: false,
    })
  })

  it('reads changes page by page and names the studies behind them', async () => {
    const whole = await archive.readChanges(0, 1000)
    expect(whole.done).toBe(true)
    const pages = []
    for (let since = 0; ; ) {
      const page = await archive.readChanges(since, 17)
      pages.push(...page.changes)
      since = page.last
      if (page.done) break
    }
    expect(pages).toEqual(whole.changes)
    expect(Math.abs(Date.now() - whole.changes.at(-1)!.date)).toBeLessThan(60_000)
    const instances = whole.changes.filter(({ type }) => type === 'NewInstance')
    const studies = await archive.studiesOf([
      ...instances.map(({ orthancId }) => orthancId),
      noStudy,
    ])
    const ids = studies.map(({ orthancStudyId }) => orthancStudyId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toContain(studyId)
    expect(await archive.studiesOf([])).toEqual([])
  })

  /** Orthanc logs that things are stable a second after they came: waits until it is silent. */
  async function lastChangeAtRest(): Promise<number> {
    for (let last = -1; ; ) {
      const page = await archive.readChanges(0, 1000)
      if (page.last === last) return last
      last = page.last
      await new Promise((resolve) => setTimeout(resolve, 2_500))
    }
  }

  it('stays at the end of the changes, and starts over when their numbers restart', async () => {
    const last = await lastChangeAtRest()
    expect(await archive.readChanges(last, 10)).toEqual({ changes: [], last, done: true })
    const anew = await archive.readChanges(last + 1000, 10)
    expect(anew.changes[0]?.seq).toBe((await archive.readChanges(0, 1)).changes[0]?.seq)
  })

  it('finds the first change after a time', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const time = Date.now()
    await orthanc.upload(writePhantomSeries({ seed: 'late', slices: 1 })[0]!)
    const { changes } = await archive.readChanges(0, 1000)
    const before = changes.filter(({ date }) => date < Math.floor(time / 1000) * 1000).at(-1)!
    expect(await archive.findChangeBefore(time)).toBe(before.seq)
    expect(await archive.findChangeBefore(0)).toBe(0)
    const last = await lastChangeAtRest()
    expect(await archive.findChangeBefore(Date.now() + 3_600_000)).toBe(last)
  })
})

describe.skipIf(!isOrthancInstalled())('the archive, without DICOMweb', () => {
  let orthanc: RunningOrthanc
  let archive: Archive
  beforeAll(async () => {
    orthanc = await startOrthanc({ dicomWeb: false })
    archive = open(orthanc)
  })
  afterAll(async () => {
    await archive?.close()
    await orthanc?.stop()
  })

  it('fetches the same files through REST, within the same limits', async () => {
    expect((await archive.ping()).hasDicomWeb).toBe(false)
    const files = writePhantomSeries({ slices: 20 })
    let id = ''
    for (const file of files) id = (await orthanc.upload(file)).studyId
    const { series, study } = await archive.readCatalogue(id)
    const wanted = { ...series[0]!, studyInstanceUid: study.studyInstanceUid }
    const total = files.reduce((sum, file) => sum + file.length, 0)
    const fetched = await archive.fetchSeries(wanted, { maximumBytes: total })
    expect(sorted(fetched)).toEqual(sorted(files))
    await expect(archive.fetchSeries(wanted, { maximumBytes: total - 1 })).rejects.toMatchObject({
      code: 'SERIES_TOO_LARGE',
    })
    await orthanc.request(`/instances/${wanted.instances[3]!.orthancInstanceId}`, {
      method: 'DELETE',
    })
    await expect(archive.fetchSeries(wanted, { maximumBytes: total })).rejects.toMatchObject({
      code: 'SERIES_INCOMPLETE',
    })
  })

  it('finds nothing before a time in an empty archive of changes', async () => {
    const empty = await startOrthanc()
    const fresh = open(empty)
    try {
      expect(await fresh.findChangeBefore(Date.now())).toBe(0)
      expect(await fresh.readChanges(0, 10)).toEqual({ changes: [], last: 0, done: true })
    } finally {
      await fresh.close()
      await empty.stop()
    }
  })
})
