import { describe, expect, it } from 'vitest'
import { readSeries } from '../../src/measuring/read-series.ts'
import type { TimeStep } from '../../src/telemetry/time-steps.ts'
import { phantomUid, writePhantomSeries } from '../support/phantom-dicom.ts'

const atOnce: TimeStep = async (_, work) => work()
const read = (files: readonly Uint8Array[]) =>
  readSeries(files, atOnce, new AbortController().signal)
const place = ['ImagePositionPatient', 'ImageOrientationPatient', 'PixelSpacing']
const nowhere = Object.fromEntries(place.map((keyword) => [keyword, undefined]))
const phantom = { slices: 20, seed: 'read' }
const files = writePhantomSeries(phantom)

/** One slice of the phantom with other attributes, as an instance of its own. */
function makeOdd(attributes: Record<string, unknown>): Uint8Array {
  const own = { SOPInstanceUID: phantomUid('odd'), ...attributes }
  return writePhantomSeries({ ...phantom, attributes: (slice) => (slice === 4 ? own : {}) })[4]!
}

describe('the files of a series', () => {
  it('may have a slice or all of them twice', async () => {
    const once = await read(files)
    const resent = await read([...files, makeOdd({})])
    expect(resent.volume).toEqual(once.volume)
    expect(resent.notes).toEqual([expect.stringMatching(/1 image of the series is present twice/)])
    const twice = await read([...files, ...files])
    expect(twice.volume).toEqual(once.volume)
    expect(twice.instances).toHaveLength(20)
  })

  it('may include a screen capture, which is ignored', async () => {
    const picture = makeOdd({ SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', ...nowhere })
    const { volume, notes } = await read([...files, picture])
    expect(volume).toEqual((await read(files)).volume)
    expect(notes).toEqual(['The series contains a screen capture, which was ignored.'])
  })

  it('are rejected with the number of images without a position', async () => {
    const odd = makeOdd({ ImageOrientationPatient: undefined, InstanceNumber: 99 })
    await expect(read([...files, odd])).rejects.toThrow(
      '1 of the 21 images of the series has no ImageOrientationPatient, the first of them instance number 99; the others have it.',
    )
  })

  it('may have a backslash in the patient name, which is reported', async () => {
    const named = writePhantomSeries({ ...phantom, patientId: 'A\\B' })
    const { notes } = await read(named)
    expect(notes).toEqual([expect.stringMatching(/^PatientID of the source holds a backslash/)])
  })
})
