import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createArchive } from '../../src/archive/archive.ts'
import { catalogueFiles } from '../../src/offline/catalogue-files.ts'
import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import { isOrthancInstalled, type RunningOrthanc, startOrthanc } from '../support/orthanc.ts'
import { phantomUid, writeEnhancedPhantom, writePhantomSeries } from '../support/phantom-dicom.ts'

const shared = process.env.HIPPO_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data')
const heads = resolve(shared, 'heads/dicom')

/** What both sources must tell alike: everything but their own names for things. */
function plain(series: readonly SeriesFacts[]) {
  return series
    .map(({ orthancSeriesId, instances, ...facts }) => ({
      ...facts,
      instances: instances.map(({ orthancInstanceId, revision, ...reference }) => reference),
    }))
    .toSorted((a, b) => (a.seriesInstanceUid < b.seriesInstanceUid ? -1 : 1))
}

describe.skipIf(!isOrthancInstalled())('facts from an archive and from files', () => {
  let orthanc: RunningOrthanc
  beforeAll(async () => {
    orthanc = await startOrthanc()
  })
  afterAll(() => orthanc?.stop())

  async function compare(files: readonly Uint8Array[]): Promise<readonly SeriesFacts[]> {
    let studyId = ''
    for (const file of files) studyId = (await orthanc.upload(file)).studyId
    const { url, user, password } = orthanc
    const archive = createArchive({
      url,
      user,
      password,
      dicomWebRoot: '/dicom-web',
      connections: 4,
      timeoutMilliseconds: 10_000,
    })
    const folder = mkdtempSync(join(tmpdir(), 'hippovolume-facts-'))
    try {
      const paths = files.map((file, index) => {
        const path = join(folder, `${index}.dcm`)
        writeFileSync(path, file)
        return path
      })
      const { studies } = await catalogueFiles(paths, readFile, () => undefined)
      const { series } = await archive.readCatalogue(studyId)
      expect(plain(studies[0]!.series)).toEqual(plain(series))
      return series
    } finally {
      rmSync(folder, { recursive: true })
      await archive.close()
    }
  }

  it('are the same for classic and enhanced series, in any order of files', async () => {
    const studyInstanceUid = phantomUid('same facts')
    const classic = writePhantomSeries({
      studyInstanceUid,
      slices: 12,
      laterality: 'L',
      attributes: (slice) => ({
        SequenceName: '*tfl3d1_16ns',
        ScanOptions: ['IR', 'PFP'],
        ContrastBolusAgent: '8 ml Gadovist',
        SeriesTime: '101500.120000',
        EchoTime: 2 + slice,
        AngioFlag: 'N',
      }),
    })
    const enhanced = writeEnhancedPhantom({
      studyInstanceUid,
      seriesNumber: 7,
      slices: 5,
      attributes: {
        PulseSequenceName: '*tfl3d1',
        EchoPulseSequence: 'GRADIENT',
        EchoPlanarPulseSequence: 'NO',
        TimeOfFlightContrast: 'NO',
        PhaseContrast: 'NO',
        AcquisitionContrast: 'T1',
        ComplexImageComponent: 'MAGNITUDE',
      },
    })
    const series = await compare([...classic.toReversed(), enhanced])
    const [first, second] = series.toSorted((a, b) => a.seriesNumber! - b.seriesNumber!)
    expect(first).toMatchObject({ sequenceName: '*tfl3d1_16ns', echoTime: 2, angioFlag: 'N' })
    expect(first?.instances.map(({ imagePositions }) => imagePositions?.length)).toEqual(
      new Array(12).fill(1),
    )
    expect(second).toMatchObject({ acquisitionContrast: 'T1', echoPulseSequence: 'GRADIENT' })
    expect(second?.instances[0]?.imagePositions).toHaveLength(5)
    expect(second?.imageOrientationPatient).toHaveLength(6)
  })

  const folders = ['philips_adni_mprage', 'xa30_enhanced', 'siemens_t1_jpegll', 'decub_HFP']
  for (const name of folders) {
    const absent = existsSync(heads) ? '' : ' (skipped: the optional folder shared/data is absent)'
    it.skipIf(absent !== '')(`are the same for ${name}${absent}`, async () => {
      const files = readdirSync(resolve(heads, name), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.dcm'))
        .sort()
        .slice(0, 5)
        .map((path) => new Uint8Array(readFileSync(resolve(heads, name, path))))
      const [facts] = await compare(files)
      expect(facts?.instances[0]?.imagePositions?.length).toBeGreaterThan(0)
    })
  }
})
