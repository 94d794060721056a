import { describe, expect, it } from 'vitest'
import type { TimePoint } from '../../src/measurement/change-over-time.ts'
import { compareOverTime } from '../../src/measurement/compare-over-time.ts'
import { headLabels, listRegions } from '../../src/measurement/hippocampus-labels.ts'
import type { HippocampusVolumes } from '../../src/measurement/hippocampus-volumes.ts'
import { measureHippocampus } from '../../src/measurement/measure-hippocampus.ts'
import { formatError } from '../../src/report/format-figures.ts'
import { renderDetails, renderMontage, renderReport } from '../../src/report/render-report.ts'
import { renderReportPdf } from '../../src/report/render-report-pdf.ts'
import type { ReportImage, ReportInput } from '../../src/report/report-input.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { madeUpHorns } from '../support/made-up-result.ts'
import { paint } from '../volume/phantom.ts'
import { gridAround, makeReportInput } from './make-report-input.ts'

const anterior = [0xf0, 0xe4, 0x42]
const posterior = [0x8c, 0xcb, 0xff]

/** Both hippocampi as boxes: the left one 10 x 20 x 8 mm around (25, 0, 0), the right one 10 x 30 x 8. */
function makeHead(): ReportInput {
  const grid = gridAround(
    [90, 60, 40],
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    [0, 0, 0],
  )
  const labelAt = ([x, y, z]: Vector3) => {
    const side = x > 0 ? 'left' : 'right'
    const length = side === 'left' ? 10 : 15
    const isInside = Math.abs(Math.abs(x) - 25) < 5 && Math.abs(y) < length && Math.abs(z) < 4
    return isInside ? headLabels[side][y < 0 ? 'anterior' : 'posterior'] : 0
  }
  const volume = paint(grid, (point) => (labelAt(point) > 0 ? 300 : 100 + 2 * point[2]))
  const labels = Uint8Array.from(paint(grid, labelAt).intensities)
  const labelMap = { ...grid, labels }
  const sides = (['left', 'right'] as const).map((side) => ({ side, labels: headLabels[side] }))
  return makeReportInput({
    kind: 'head',
    volume,
    labelMap,
    regions: listRegions(sides),
    volumes: sides.map(({ side, labels: wanted }) => measureHippocampus(labelMap, side, wanted)),
  })
}

/** Rows of the page below `top` that hold a colour. */
function findRows({ rgb, width, height }: ReportImage, color: readonly number[], top: number) {
  const rows: number[] = []
  for (let y = top; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3
      if (color.every((value, channel) => Math.abs(rgb[at + channel]! - value) < 12)) {
        rows.push(y)
        break
      }
    }
  }
  return rows
}

/** How many stretches of rows, at least 12 rows apart. */
const countStretches = (rows: readonly number[]) =>
  rows.filter((row, index) => index === 0 || row - rows[index - 1]! > 12).length

describe('the page of a whole head', () => {
  const head = makeHead()
  const page = renderReport(head)

  it('outlines both sides on its second page, a row each, in the colours of their parts', () => {
    const details = renderDetails(head)
    // Below the table, whose legend has the same colours.
    expect(countStretches(findRows(details, anterior, 420))).toBe(2)
    expect(countStretches(findRows(details, posterior, 420))).toBe(2)
  })

  it('shows the error after each volume, if known', () => {
    const tell = (standardErrorMm3: HippocampusVolumes['standardErrorMm3']) =>
      renderReport({ ...head, volumes: head.volumes.map((one) => ({ ...one, standardErrorMm3 })) })
    const told = tell({ anterior: 80, posterior: 70, total: 140 })
    expect(Buffer.from(told.rgb).equals(page.rgb)).toBe(false)
    expect(Buffer.from(tell(undefined).rgb).equals(page.rgb)).toBe(true)
    const other = tell({ anterior: 80, posterior: 70, total: 90 })
    expect(Buffer.from(other.rgb).equals(told.rgb)).toBe(false)
    expect([formatError(140.4), formatError(1234)]).toEqual(['\u00b1 140', '\u00b1 1\u2009234'])
  })

  it('shows the occupancy, and says so if a horn is too narrow', () => {
    const [measured, slit] = madeUpHorns
    const plain = renderDetails(head)
    const told = renderDetails({ ...head, horns: madeUpHorns })
    expect(Buffer.from(told.rgb).equals(plain.rgb)).toBe(false)
    const turned = renderDetails({
      ...head,
      horns: [
        { ...slit!, side: 'left' },
        { ...measured!, side: 'right' },
      ],
    })
    expect(Buffer.from(told.rgb).equals(turned.rgb)).toBe(false)
    expect(Buffer.from(renderDetails({ ...head, horns: [] }).rgb).equals(plain.rgb)).toBe(true)
  })

  it('has a third page with every row of slices outlined', () => {
    const montage = renderMontage(head)
    expect([montage.width, montage.height]).toEqual([page.width, page.height])
    // Two coronal rows and a sagittal one, for each side.
    const rows = findRows(montage, anterior, 230)
    expect(countStretches(rows)).toBeGreaterThanOrEqual(4)
    expect(countStretches(rows)).toBeLessThanOrEqual(6)
  })

  it('is all pages as one PDF, with real text and deterministic bytes', () => {
    const pdf = Buffer.from(renderReportPdf(head))
    expect(pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)).toHaveLength(3)
    expect(pdf.includes('/Font')).toBe(true)
    expect(Buffer.from(renderReportPdf(head)).equals(pdf)).toBe(true)
  })

  it('fits everything at once: identity, long warnings, four studies, a predecessor', () => {
    const long = 'Kontrastmitteluntersuchung des Sch\u00e4dels '.repeat(12)
    const point = (yearsBefore: number): TimePoint => ({
      studyInstanceUid: `1.2.${yearsBefore}`,
      studyDate: `${2026 - yearsBefore}0101`,
      yearsBefore,
      age: '070Y',
      volumes: head.volumes,
      model: head.model,
      softwareVersion: '0.1.0',
      scanner: long,
      comparable: yearsBefore !== 5,
      sentence: yearsBefore === 5 ? long : undefined,
    })
    const crowded = renderReport({
      ...head,
      study: { ...head.study, patientName: long, patientId: long },
      series: { ...head.series, sentence: long },
      otherSeries: Array.from({ length: 9 }, (_, number) => ({
        number,
        description: long,
        sentence: long,
      })),
      warnings: Array.from({ length: 9 }, (_, index) => `${index} ${long}`),
      intracranialVolume: { mm3: 1_480_000, standardErrorMm3: 70_000 },
      horns: madeUpHorns,
      volumes: head.volumes.map((one) => ({
        ...one,
        standardErrorMm3: { anterior: 1000, posterior: 1000, total: 2000 },
      })),
      history: compareOverTime([0, 1, 3, 5].map(point), [], [long]),
      model: { ...head.model, name: long },
      predecessor: { analysedAt: new Date('2026-01-01T00:00:00Z'), sourceInstanceCount: 9 },
    })
    const above = crowded.rgb.subarray((1688 - 8) * 1240 * 3, (1688 - 1) * 1240 * 3)
    expect(above.every((value) => value === 255)).toBe(true)
  })

  it('shows no number of a measurement that was rejected', () => {
    const quality = [{ check: 'X', verdict: 'rejected', sentence: 'It is no head.' }] as const
    const rejected = renderDetails({ ...head, quality })
    const measured = renderDetails(head)
    // The legend of the table is gone with the table, and the images stand where it was.
    const height = (details: ReportImage) => findRows(details, anterior, 0)[0]!
    expect(height(measured)).toBeLessThan(300)
    expect(height(rejected)).toBeGreaterThan(300)
    // The first page holds only the words: without figures its images begin higher.
    const firstPage = renderReport({ ...head, quality })
    expect(height(firstPage)).not.toBe(height(page))
  })
})
