import { describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import type { Side } from '../../src/measurement/hippocampus-volumes.ts'
import {
  chooseCurrentDocument,
  readMeasurementDocument,
} from '../../src/results/sr/read-measurement-document.ts'
import { composeMadeUpResult, madeUpHorns } from '../support/made-up-result.ts'
import { namedPatients, writeNamedPhantom } from '../support/named-phantom.ts'
import { writeEnhancedPhantom, writePhantomSeries } from '../support/phantom-dicom.ts'

const small = { columns: 16, rows: 12, slices: 10 }
type Changes = Parameters<typeof composeMadeUpResult>[1]

async function write(files: readonly Uint8Array[], changes: Changes = {}) {
  const result = await composeMadeUpResult(files, { reportPdf: false, ...changes })
  const instance = parsePart10(result.bytesOf('measurements'))
  return { ...result, instance, document: readMeasurementDocument(instance)! }
}

/** The file with every occurrence of a text replaced by another one of the same length. */
function alter(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  if (!text.includes(from) || from.length !== to.length) throw new Error(`cannot alter ${from}`)
  return new Uint8Array(Buffer.from(text.replaceAll(from, to), 'latin1'))
}

describe('the reader of our structured reports', () => {
  const sides: readonly Side[] = ['left', 'right', 'unknown']
  const sources = {
    'a classic series': () => writePhantomSeries(small),
    'an enhanced series': () => [writeEnhancedPhantom(small)],
    'an oblique grid of odd spacing': () =>
      writePhantomSeries({
        ...small,
        pixelSpacing: [0.9375, 0.9375],
        sliceSpacing: 1.2000001,
        rowCosines: [0.8, 0.6, 0],
        columnCosines: [0, 0, -1],
      }),
    'a patient named in Japanese': () =>
      writeNamedPhantom(namedPatients.find(({ language }) => language === 'Japanese')!, small),
  }

  for (const [name, files] of Object.entries(sources)) {
    it.each(sides)(`reads the written report of ${name}, side %s`, async (side) => {
      const { document, measured, instance } = await write(files(), { side })
      const [wanted] = measured.volumes
      const [volumes, ...more] = document.volumes
      expect(more).toEqual([])
      expect(volumes!.side).toBe(side)
      for (const key of ['anteriorMm3', 'posteriorMm3', 'totalMm3'] as const) {
        // A tenth of a cubic millimetre is the last digit that is written.
        expect(Math.abs(volumes![key] - wanted![key])).toBeLessThan(0.0501)
      }
      expect(document).toMatchObject({
        sopInstanceUid: instance.sopInstanceUid,
        model: { name: 'made-up-unet', version: '1.2.0', sha256: 'ab'.repeat(32) },
        software: { name: 'HippoVolume', version: '0.1.0' },
        analysedAt: new Date('2026-11-23T22:41:09Z'),
        replaces: [],
      })
    })
  }

  it('reads both sides and the intracranial volume of a whole head', async () => {
    const { document, measured } = await write(writePhantomSeries(small), {
      kind: 'head',
      horns: madeUpHorns,
    })
    expect(document.volumes.map(({ side }) => side)).toEqual(['left', 'right'])
    for (const [index, volumes] of document.volumes.entries()) {
      expect(volumes.totalMm3).toBeCloseTo(measured.volumes[index]!.totalMm3, 1)
      expect(volumes.anteriorMm3).toBeCloseTo(measured.volumes[index]!.anteriorMm3, 1)
    }
    expect(document.intracranialVolumeMm3).toBe(1_512_346)
    const crop = await write(writePhantomSeries(small))
    expect(crop.document.intracranialVolumeMm3).toBeUndefined()
  })

  it('reads the standard errors if the report has them', async () => {
    const standardErrorMm3 = { anterior: 121.3, posterior: 96, total: 150 }
    const files = writePhantomSeries(small)
    const { document } = await write(files, { kind: 'head', standardErrorMm3 })
    for (const one of document.volumes) expect(one.standardErrorMm3).toEqual(standardErrorMm3)
    const plain = await write(files, { kind: 'head' })
    for (const one of plain.document.volumes) expect(one).not.toHaveProperty('standardErrorMm3')
  })

  it('reads the time in the zone of the source', async () => {
    const attributes = { TimezoneOffsetFromUTC: '+0530' }
    const { document } = await write(writePhantomSeries({ ...small, attributes }))
    expect(document.analysedAt).toEqual(new Date('2026-11-23T22:41:09Z'))
  })

  it('gives the measured series and study', async () => {
    const { document } = await write(
      writePhantomSeries({ ...small, studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4' }),
    )
    expect(document).toMatchObject({
      studyInstanceUid: '1.2.3',
      sourceSeriesInstanceUid: '1.2.3.4',
    })
  })

  it('ignores comments and preceding items', async () => {
    const warnings = ['Volume: 1 mm3', 'Change over 2.0 years']
    const { document } = await write(writePhantomSeries(small), { warnings })
    expect(document.volumes).toHaveLength(1)
  })

  it('uses the newest report that was not replaced', async () => {
    const files = writePhantomSeries(small)
    const first = await write(files)
    const { sopClassUid, sopInstanceUid, seriesInstanceUid } = first.instances[1]!
    const old = { sopClassUid, sopInstanceUid, seriesInstanceUid }
    const second = await write(files, {
      identity: { runNumber: 1, analysedAt: new Date('2026-11-22T08:00:00Z') },
      replaces: {
        jobId: 'job',
        analysedAt: '2026-11-23T22:41:09Z',
        sourceInstanceCount: 10,
        measurements: { role: 'measurements', orthancInstanceId: 'x', ...old },
      },
    })
    const third = await write(files, {
      identity: { runNumber: 2, analysedAt: new Date('2026-11-21T08:00:00Z') },
    })
    expect(second.document.replaces).toEqual([sopInstanceUid])
    const all = [first.document, second.document, third.document]
    // The first is the newest by its clock, but replaced; the second is newer than the third.
    expect(chooseCurrentDocument(all)).toBe(second.document)
    expect(chooseCurrentDocument(all.toReversed())).toBe(second.document)
    expect(chooseCurrentDocument([])).toBeUndefined()
  })

  it('rejects reports of other products, and other instances of ours', async () => {
    const { bytesOf } = await write(writePhantomSeries(small))
    const report = bytesOf('measurements')
    const foreign = alter(report, 'HippoVolume', 'OtherVolume')
    expect(readMeasurementDocument(parsePart10(foreign))).toBeUndefined()
    const otherTitle = alter(report, '126000', '126001')
    expect(readMeasurementDocument(parsePart10(otherTitle))).toBeUndefined()
    for (const role of ['segmentation', 'report'] as const) {
      expect(readMeasurementDocument(parsePart10(bytesOf(role)))).toBeUndefined()
    }
    expect(readMeasurementDocument(parsePart10(writePhantomSeries(small)[0]!))).toBeUndefined()
  })

  it.each([
    ['volumes in another unit', 'mm3 ', 'ml3 '],
    ['an unknown side', '7771000 ', '7771001 '],
    ['an unknown part', '255549009', '255549008'],
    ['no checksum of the model', 'sha256 ab', 'sha999 ab'],
  ])('throws for a report of ours with %s', async (_, from, to) => {
    const { bytesOf } = await write(writePhantomSeries(small), { side: 'left' })
    const altered = alter(bytesOf('measurements'), from, to)
    expect(() => readMeasurementDocument(parsePart10(altered))).toThrow(
      expect.objectContaining({ code: 'DICOM_UNREADABLE' }),
    )
  })

  it('throws if the total is not the sum of its parts', async () => {
    const { bytesOf, measured } = await write(writePhantomSeries(small), { side: 'left' })
    const total = String(measured.volumes[0]!.totalMm3)
    const other = `${total[0] === '1' ? '2' : '1'}${total.slice(1)}`
    const altered = alter(bytesOf('measurements'), total, other)
    expect(() => readMeasurementDocument(parsePart10(altered))).toThrow(/sum of its parts/)
  })
})
