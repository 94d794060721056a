import { describe, expect, it } from 'vitest'
import { digestContent } from '../../src/measuring/digest-content.ts'
import { seriesFactsOfFiles } from '../../src/offline/series-facts-of-files.ts'
import { parseWithinBudget, requireListed } from '../../src/pipeline/read-listed.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const size = { columns: 16, rows: 12, slices: 4 }
const files = writePhantomSeries(size)
const instances = parseWithinBudget(files)
const series = seriesFactsOfFiles(instances)[0]!
const uid = (tag: string) => instances[0]!.dataset.parsed.string(tag)!
const listed = { studyInstanceUid: uid('x0020000d'), series, patientId: uid('x00100020') }

describe('files that an archive gives', () => {
  it('are accepted if they are the listed ones', () => {
    expect(() => requireListed(instances, listed)).not.toThrow()
  })

  it.each<[string, object]>([
    ['patient', { patientId: 'SOMEBODY-ELSE' }],
    ['study', { studyInstanceUid: '1.2.3' }],
    ['series', { series: { ...series, seriesInstanceUid: '1.2.3' } }],
    ['birth date', { series: { ...series, patientBirthDate: '19000102' } }],
    ['image', { series: { ...series, instances: series.instances.slice(1) } }],
  ])('are rejected with a retryable error if they are of another %s', (_what, other) => {
    expect(() => requireListed(instances, { ...listed, ...other })).toThrow(
      expect.objectContaining({ code: 'ARCHIVE_ANSWER_INVALID', retryable: true, stage: 'fetch' }),
    )
  })

  it('are rejected if one of them came twice instead of another', () => {
    const twice = [instances[0]!, ...instances.slice(0, -1)]
    expect(() => requireListed(twice, listed)).toThrow(/not requested/)
  })

  it('are rejected before decoding if they state more pixels than allowed', () => {
    const large = writePhantomSeries({ ...size, attributes: { Rows: 4090, Columns: 4090 } })
    const sixty = Array.from({ length: 60 }, (_, index) => large[index % large.length]!)
    expect(() => parseWithinBudget(sixty)).toThrow(
      expect.objectContaining({ code: 'SERIES_TOO_LARGE', retryable: false }),
    )
  })
})

describe('the digest of what files hold', () => {
  it('does not depend on irrelevant attributes', async () => {
    const coerced = writePhantomSeries({ ...size, attributes: { StationName: 'MR7' } })
    expect(await digestContent(coerced)).toBe(await digestContent(files))
  })

  it('changes with a pixel, with the geometry, and with the person', async () => {
    const others = await Promise.all(
      [
        { ...size, semiAxes: [7, 18, 7] as const },
        { ...size, center: [26, -4, -11] as const },
        { ...size, patientSex: 'M' },
        { ...size, patientId: 'OTHER' },
      ].map((options) => digestContent(writePhantomSeries(options))),
    )
    expect(new Set([await digestContent(files), ...others]).size).toBe(5)
  })
})
