import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readSequence, readString } from '../../src/dicom/read-attributes.ts'
import type { ModelManifest } from '../../src/inference/model-manifest.ts'
import { buildRejectionNote } from '../../src/results/rejection-note.ts'
import {
  missingValidators,
  validateEntities,
  validateInstance,
} from '../../tools/check-results/run-validators.ts'
import { calibratedModel } from '../support/calibrated-norms.ts'
import { composeMadeUpRejection } from '../support/made-up-rejection.ts'
import { composeMadeUpResult } from '../support/made-up-result.ts'
import { namedPatients, writeNamedPhantom } from '../support/named-phantom.ts'
import {
  type PhantomOptions,
  writeEnhancedPhantom,
  writePhantomSeries,
} from '../support/phantom-dicom.ts'

const folder = mkdtempSync(join(tmpdir(), 'hippo-results-'))
afterAll(() => rmSync(folder, { recursive: true }))

const small: PhantomOptions = { columns: 16, rows: 12, slices: 10 }
const lossy = {
  LossyImageCompression: '01',
  LossyImageCompressionRatio: '10',
  LossyImageCompressionMethod: 'ISO_10918_1',
}
const sources: Readonly<Record<string, () => readonly Uint8Array[]>> = {
  'a plain source': () => writePhantomSeries(small),
  'a source on a grid of odd size': () => writePhantomSeries({ ...small, columns: 35, rows: 51 }),
  'an Enhanced multi-frame source': () => [writeEnhancedPhantom(small)],
  'a whole head with norms': () =>
    writePhantomSeries({ ...small, patientAge: '061Y', patientSex: 'F' }),
  'a source with a time zone and a side': () =>
    writePhantomSeries({
      ...small,
      laterality: 'L',
      attributes: { TimezoneOffsetFromUTC: '+0100' },
    }),
  'a whole head with both sides': () => writePhantomSeries(small),
  'a lossy source without age, sex, maker and slice thickness': () =>
    writePhantomSeries({
      ...small,
      patientAge: undefined,
      patientSex: undefined,
      attributes: { Manufacturer: undefined, SliceThickness: '', ...lossy },
    }),
  ...Object.fromEntries(
    namedPatients.map((patient) => [
      `a patient with a name in ${patient.language}`,
      () => writeNamedPhantom(patient, small),
    ]),
  ),
}

/** A model that the norms of made-up results are calibrated for. */
const knownModel = {
  ...calibratedModel,
  sha256: 'ab'.repeat(32),
} as unknown as ModelManifest

const missing = missingValidators.join(', ')

describe.skipIf(missing !== '')(
  `the validators of dicom3tools and DCMTK${missing && ` (skipped: ${missing} not installed)`}`,
  () => {
    it.each(Object.entries(sources))('find no fault in the results of %s', async (name, write) => {
      const files = write()
      const measurements = {
        role: 'measurements',
        sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34',
        sopInstanceUid: '1.2.3.4.5',
        seriesInstanceUid: '1.2.3.4',
        orthancInstanceId: 'x',
      } as const
      const { instances } = await composeMadeUpResult(files, {
        side: name.includes('a side') ? 'left' : 'unknown',
        kind: name.includes('whole head') ? 'head' : 'crop',
        ...(name.includes('norms') && { manifest: knownModel }),
        ...(name.includes('whole head') && {
          standardErrorMm3: { anterior: 121.3, posterior: 96, total: 150 },
        }),
        replaces: {
          jobId: 'job',
          analysedAt: '2026-11-20T08:00:00Z',
          sourceInstanceCount: 9,
          measurements,
        },
      })
      const save = (file: string, bytes: Uint8Array) => {
        writeFileSync(join(folder, file), bytes)
        return join(folder, file)
      }
      const sourcePaths = files.map((file, index) => save(`source-${index}.dcm`, file))
      const resultPaths = instances.map(({ role, bytes }) => save(`${role}.dcm`, bytes))
      expect(instances).toHaveLength(6)
      for (const path of resultPaths) {
        expect(validateInstance(path, path.includes('measurements'))).toEqual([])
      }
      expect(validateEntities([...sourcePaths, ...resultPaths])).toEqual([])
    })

    it('accept the note about a result that a reader rejected', async () => {
      const files = writePhantomSeries({ ...small, attributes: { TimezoneOffsetFromUTC: '+0100' } })
      const result = await composeMadeUpResult(files)
      const document = parsePart10(result.bytesOf('measurements'))
      const note = buildRejectionNote({
        document,
        studyInstanceUid: readString(document.dataset, 'StudyInstanceUID')!,
        rejected: result.instances,
        reader: 'Muster^Erika',
        reason: 'The patient moved, and the outline of the left side lies in the amygdala.',
        rejectedAt: new Date('2026-12-01T09:00:00Z'),
        timezoneOffset: '+0100',
        software: { name: 'HippoVolume', version: '0.1.0' },
        model: { name: 'net', version: '1.0.0', sha256: 'ab'.repeat(32) },
      })
      const save = (name: string, bytes: Uint8Array) => {
        writeFileSync(join(folder, name), bytes)
        return join(folder, name)
      }
      const path = save('note.dcm', note.bytes)
      const others = result.instances.map(({ role, bytes }) => save(`noted-${role}.dcm`, bytes))
      expect(validateInstance(path, true)).toEqual([])
      expect(validateEntities([...others, path])).toEqual([])
      const { dataset } = parsePart10(note.bytes)
      expect(readString(dataset, 'ContentTime')).toBe('100000')
      const referred = readSequence(dataset, 'ContentSequence')!.flatMap(
        (item) => readSequence(item, 'ReferencedSOPSequence') ?? [],
      )
      expect(referred.map((one) => readString(one, 'ReferencedSOPInstanceUID'))).toEqual(
        result.instances.map(({ sopInstanceUid }) => sopInstanceUid),
      )
    })

    it('accept the page of a series that was rejected', async () => {
      const files = writePhantomSeries({ ...small, attributes: lossy })
      const [page, ...more] = await composeMadeUpRejection(files)
      expect(more).toEqual([])
      const sources = files.map((file, index) => {
        const path = join(folder, `rejected-${index}.dcm`)
        writeFileSync(path, file)
        return path
      })
      const path = join(folder, 'rejection.dcm')
      writeFileSync(path, page!.bytes)
      expect(validateInstance(path, false)).toEqual([])
      expect(validateEntities([...sources, path])).toEqual([])
    })
  },
)
