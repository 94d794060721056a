import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readBytes, readNumber, readSequence, readString } from '../../src/dicom/read-attributes.ts'
import { composeMadeUpResult } from '../support/made-up-result.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const files = writePhantomSeries({ columns: 16, rows: 12, slices: 10 })

/** Everything a PDF says, its compressed streams unpacked. */
function unpack(pdf: Uint8Array): string {
  const text = Buffer.from(pdf).toString('latin1')
  const streams = [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, packed]) => {
    try {
      return inflateSync(Buffer.from(packed!, 'latin1')).toString('latin1')
    } catch {
      return ''
    }
  })
  return [text, ...streams].join('\n')
}

describe('the page as PDF', () => {
  it('is one page of A4 with text that can be selected, and no picture of the whole page', async () => {
    const { pdf, page } = await composeMadeUpResult(files)
    const content = unpack(pdf!)
    expect(content.startsWith('%PDF-1.')).toBe(true)
    expect(content).toMatch(/\/MediaBox \[ 0 0 595 842 \]/)
    expect(content).toContain('/ToUnicode')
    expect(content.match(/\bT[jJ]\b/g)!.length).toBeGreaterThan(30)
    const widths = [...content.matchAll(/\/Width (\d+)/g)].map(([, width]) => Number(width))
    expect(widths.length).toBeGreaterThan(8)
    expect(Math.max(...widths)).toBeLessThan(page.width / 2)
  })

  it('is only made on request', async () => {
    const { pdf, instances } = await composeMadeUpResult(files, { reportPdf: false })
    expect(pdf).toBeUndefined()
    expect(instances.map(({ role }) => role)).not.toContain('document')
  })

  it('has the time of the analysis, in any zone', async () => {
    const zone = process.env.TZ
    const first = await composeMadeUpResult(files)
    process.env.TZ = 'Asia/Tokyo'
    try {
      const second = await composeMadeUpResult(files)
      expect(Buffer.compare(first.pdf!, second.pdf!)).toBe(0)
      expect(unpack(first.pdf!)).toContain('/CreationDate (20261123224109Z)')
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  it('is stored completely, with its true length and its sources', async () => {
    const { pdf, bytesOf } = await composeMadeUpResult(files)
    const { dataset, sopClassUid } = parsePart10(bytesOf('document'))
    expect(sopClassUid).toBe('1.2.840.10008.5.1.4.1.1.104.1')
    expect(readString(dataset, 'MIMETypeOfEncapsulatedDocument')).toBe('application/pdf')
    expect(readNumber(dataset, 'EncapsulatedDocumentLength')).toBe(pdf!.length)
    const stored = readBytes(dataset, 'EncapsulatedDocument')!.subarray(0, pdf!.length)
    expect(Buffer.compare(stored, pdf!)).toBe(0)
    expect(readSequence(dataset, 'SourceInstanceSequence')).toHaveLength(files.length)
    expect(readString(dataset, 'BurnedInAnnotation')).toBe('YES')
    expect(readString(dataset, 'SeriesDescription')).toMatch(/RESEARCH ONLY/)
  })
})
