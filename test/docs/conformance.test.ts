import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { canDecode } from '../../src/dicom/codecs.ts'
import { codes } from '../../src/dicom/codes.ts'
import { findKeyword, findTag } from '../../src/dicom/dictionary.ts'
import { sourceModules } from '../../src/dicom/module-tables.ts'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { implementationClassUid, implementationVersionName } from '../../src/dicom/uids.ts'
import type { ResultInstance } from '../../src/pipeline/store-results.ts'
import { keyObjectSelectionStorage } from '../../src/results/rejection-note.ts'
import { composeMadeUpRejection } from '../support/made-up-rejection.ts'
import { composeMadeUpResult, type MadeUpResult } from '../support/made-up-result.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const statement = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8')

/** UIDs of the table after a mark. */
function listedUids(mark: string): string[] {
  const [, after = ''] = statement.split(`<!-- ${mark} -->`)
  const table = after.trimStart().split('\n\n')[0] ?? ''
  return [...table.matchAll(/\| (1\.2\.840\.[0-9.]+) /g)].map(([, uid]) => uid!)
}

/** Keywords in the section under a heading. */
function listedKeywords(heading: string): string[] {
  const [, after = ''] = statement.split(`### ${heading}\n`)
  const section = after.split('\n#')[0] ?? ''
  return [...section.matchAll(/`([A-Z][A-Za-z]+)`/g)].map(([, keyword]) => keyword!)
}

/** Transfer syntaxes for images (PS3.6 table A-1): what is not listed must not be readable. */
const compressed = [
  ...[50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 70],
  ...[80, 81, 90, 91, 92, 93, 94, 95, 100, 101, 102, 103, 104, 105, 106, 107, 108],
  ...[110, 111, 112, 201, 202, 203, 204, 205],
].map((number) => `1.2.840.10008.1.2.4.${number}`)
const native = ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2']
const deflated = ['1.2.840.10008.1.2.1.98', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.8.1']
const others = ['1.2.840.10008.1.2.5', '1.2.840.10008.1.2.6.1', '1.2.840.10008.1.2.7.1']

const headings = {
  segmentation: 'Segmentation',
  measurements: 'Comprehensive 3D SR',
  report: 'Secondary Capture',
  details: 'Secondary Capture',
  montage: 'Secondary Capture',
  document: 'Encapsulated PDF',
  rejection: 'Secondary Capture',
} as const

describe('the conformance statement', () => {
  const results: MadeUpResult[] = []
  const rejected: ResultInstance[] = []

  beforeAll(async () => {
    const small = { columns: 16, rows: 12, slices: 10 }
    const attributes = {
      TimezoneOffsetFromUTC: '+0100',
      LossyImageCompression: '01',
      LossyImageCompressionRatio: '10',
      LossyImageCompressionMethod: 'ISO_10918_1',
      PatientComments: 'none',
    }
    const earlier = {
      role: 'measurements' as const,
      orthancInstanceId: 'id',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34',
      sopInstanceUid: '2.25.1',
      seriesInstanceUid: '2.25.2',
    }
    const replaces = {
      jobId: 'job',
      analysedAt: '2026-01-01T00:00:00Z',
      sourceInstanceCount: 9,
      measurements: earlier,
    }
    results.push(await composeMadeUpResult(writePhantomSeries(small)))
    results.push(await composeMadeUpResult(writePhantomSeries({ ...small, columns: 15, rows: 13 })))
    results.push(
      await composeMadeUpResult(writePhantomSeries({ ...small, attributes }), { replaces }),
    )
    results.push(await composeMadeUpResult(writePhantomSeries(small), { kind: 'head' }))
    rejected.push(...(await composeMadeUpRejection(writePhantomSeries({ ...small, attributes }))))
  })

  const instances = () => [...results.flatMap((one) => one.instances), ...rejected]

  it('lists the SOP classes that are written, and no other', () => {
    const written = new Set(instances().map(({ sopClassUid }) => sopClassUid))
    // Made when a reader rejects a result.
    written.add(keyObjectSelectionStorage)
    expect(listedUids('objects written').toSorted()).toEqual([...written].toSorted())
  })

  it('lists the transfer syntax that is written', () => {
    const written = new Set(instances().map(({ bytes }) => parsePart10(bytes).transferSyntaxUid))
    expect(listedUids('transfer syntaxes written')).toEqual([...written])
  })

  it('lists the transfer syntaxes that are read, and no other', () => {
    const readable = [...compressed, ...deflated, ...others].filter(canDecode)
    expect(listedUids('transfer syntaxes read').toSorted()).toEqual(
      [...new Set([...native, ...readable])].toSorted(),
    )
  })

  it('lists every attribute that is written, and none that is not in the dictionary', () => {
    const common = listedKeywords('Attributes of all objects')
    const copied = sourceModules.flatMap(({ type1, type2, type3 }) => [
      ...type1,
      ...type2,
      ...type3,
    ])
    for (const { role, bytes } of instances()) {
      const listed = new Set([...common, ...copied, ...listedKeywords(headings[role])])
      const tags = Object.keys(parsePart10(bytes).dataset.parsed.elements)
      const written = tags.map((tag) => findTag(tag.slice(1))?.keyword ?? tag)
      expect(written.filter((keyword) => !listed.has(keyword))).toEqual([])
    }
    const all = [common, ...Object.values(headings).map(listedKeywords)].flat()
    expect(all.filter((keyword) => findKeyword(keyword) === undefined)).toEqual([])
  })

  it('lists only attributes that some result has', () => {
    for (const [role, heading] of Object.entries(headings)) {
      const written = new Set(
        instances()
          .filter((instance) => instance.role === role)
          .flatMap(({ bytes }) => Object.keys(parsePart10(bytes).dataset.parsed.elements))
          .map((tag) => findTag(tag.slice(1))?.keyword),
      )
      expect(listedKeywords(heading).filter((keyword) => !written.has(keyword))).toEqual([])
    }
  })

  it('correctly states that no private attributes are written', () => {
    const tags = instances().flatMap(({ bytes }) =>
      Object.keys(parsePart10(bytes).dataset.parsed.elements),
    )
    expect(tags.filter((tag) => Number.parseInt(tag.slice(1, 5), 16) % 2 === 1)).toEqual([])
  })

  it('names the coding schemes and the implementation', () => {
    const [, section = ''] = statement.split('## 5. Coding schemes')
    const line = section.trim().split('\n')[0] ?? ''
    const listed = [...line.matchAll(/`([A-Z0-9]+)`/g)].map(([, scheme]) => scheme)
    expect(listed.toSorted()).toEqual(
      [...new Set(Object.values(codes).map(({ scheme }) => scheme))].toSorted(),
    )
    expect(statement).toContain(`\`${implementationClassUid}\``)
    expect(statement).toContain(`\`${implementationVersionName}\``)
  })
})
