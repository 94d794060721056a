import { describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readString } from '../../src/dicom/read-attributes.ts'
import { composeMadeUpResult } from '../support/made-up-result.ts'
import { namedPatients, writeNamedPhantom } from '../support/named-phantom.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const small = { columns: 16, rows: 12, slices: 10 }
const files = writePhantomSeries(small)
const order = ['segmentation', 'measurements', 'report', 'details', 'montage', 'document']

describe('the results of one analysis', () => {
  it('are ordered by their references, each in its own series except the second and third page', async () => {
    const { instances } = await composeMadeUpResult(files)
    expect(instances.map(({ role }) => role)).toEqual(order)
    expect(new Set(instances.map(({ seriesInstanceUid }) => seriesInstanceUid)).size).toBe(5)
    const numbers = instances.map(({ bytes }) =>
      readString(parsePart10(bytes).dataset, 'SeriesNumber'),
    )
    expect(numbers).toEqual(['9001', '9002', '9003', '9006', '9006', '9004'])
  })

  it('are the same bytes when the work is repeated, whatever the order of images', async () => {
    const first = await composeMadeUpResult(files)
    const again = await composeMadeUpResult(files.toReversed())
    for (const [index, { role, bytes }] of first.instances.entries()) {
      expect(Buffer.compare(bytes, again.instances[index]!.bytes), role).toBe(0)
    }
  })

  it('have UIDs that depend on the run, but not on its time', async () => {
    const uids = async (identity: Parameters<typeof composeMadeUpResult>[1]) =>
      (await composeMadeUpResult(files, identity)).instances.map((one) => one.sopInstanceUid)
    const first = await uids({})
    expect(await uids({ identity: { analysedAt: new Date('2027-01-01T00:00:00Z') } })).toEqual(
      first,
    )
    const forced = await uids({ identity: { runNumber: 1 } })
    expect(forced.filter((uid) => first.includes(uid))).toEqual([])
    expect(new Set(first).size).toBe(6)
  })

  it.each(namedPatients)('have a name in $language in every instance', async ({ ...patient }) => {
    const { instances } = await composeMadeUpResult(writeNamedPhantom(patient, small))
    for (const { role, bytes } of instances) {
      const { dataset } = parsePart10(bytes)
      expect(readString(dataset, 'PatientName'), role).toBe(patient.name)
      expect(readString(dataset, 'SpecificCharacterSet'), role).toBe('ISO_IR 192')
    }
  })
})
