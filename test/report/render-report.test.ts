import { createCanvas, loadImage } from 'canvas'
import { describe, expect, it } from 'vitest'
import { renderDetails, renderReport } from '../../src/report/render-report.ts'
import type { ReportImage, ReportInput } from '../../src/report/report-input.ts'
import type { Vector3 } from '../../src/volume/grid.ts'
import { gridAround, makeReportInput, phantomOn, plainGrid } from './make-report-input.ts'

const anterior = [0xf0, 0xe4, 0x42]
const posterior = [0x8c, 0xcb, 0xff]

interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

/** Where pixels of a colour lie inside a part of the page. */
function findColor({ rgb, width }: ReportImage, color: readonly number[], within: Box): Box {
  const found = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity }
  for (let y = within.top; y < within.bottom; y += 1) {
    for (let x = within.left; x < within.right; x += 1) {
      const at = (y * width + x) * 3
      if (color.some((value, channel) => Math.abs(rgb[at + channel]! - value) > 12)) continue
      found.left = Math.min(found.left, x)
      found.right = Math.max(found.right, x)
      found.top = Math.min(found.top, y)
      found.bottom = Math.max(found.bottom, y)
    }
  }
  return found
}

// Of the second page: below the table of volumes, whose legend has the same colours.
const axialPanel: Box = { left: 56, right: 421, top: 400, bottom: 690 }
const sagittalPanel: Box = { left: 818, right: 1184, top: 400, bottom: 690 }

describe('the report page', () => {
  const page = renderReport(makeReportInput())

  it('is one portrait page, and its PNG holds the same pixels', async () => {
    expect([page.width, page.height]).toEqual([1240, 1754])
    expect(page.rgb.length).toBe(1240 * 1754 * 3)
    const image = await loadImage(Buffer.from(await page.toPng()))
    const context = createCanvas(image.width, image.height).getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    const differing = page.rgb.findIndex(
      (value, index) => value !== data[Math.floor(index / 3) * 4 + (index % 3)],
    )
    expect(differing).toBe(-1)
  })

  it('gives the same bytes for the same input', async () => {
    const again = renderReport(makeReportInput())
    expect(Buffer.from(again.rgb).equals(page.rgb)).toBe(true)
    expect(Buffer.from(await again.toPng()).equals(await page.toPng())).toBe(true)
  })

  const details = renderDetails(makeReportInput())

  it('outlines anterior in front of posterior on its second page, to scale', () => {
    const front = findColor(details, anterior, axialPanel)
    const back = findColor(details, posterior, axialPanel)
    // 48 mm (24 of the box and 12 on each side) in the height of a panel; each part is 12 x 12 mm.
    const perMm = 261 / 48
    expect(front.right - front.left).toBeCloseTo(12 * perMm, -1)
    expect(front.bottom - front.top).toBeCloseTo(12 * perMm, -1)
    expect(back.bottom - back.top).toBeCloseTo(12 * perMm, -1)
    expect(back.top).toBeGreaterThan(front.bottom - 3)
    expect(Math.abs(front.left - back.left)).toBeLessThan(6)
  })

  it('shows the front on the left of the sagittal plane', () => {
    const front = findColor(details, anterior, sagittalPanel)
    const back = findColor(details, posterior, sagittalPanel)
    expect(front.right).toBeLessThan(back.left + 3)
  })

  it('refuses a segmentation on another grid', () => {
    const labels = new Uint8Array(10)
    const labelMap = { ...plainGrid, labels }
    expect(() => renderReport(makeReportInput({ labelMap }))).toThrow(
      expect.objectContaining({ code: 'REPORT_FAILED' }),
    )
  })
})

const longText = 'Kontrastmitteluntersuchung '.repeat(30)
const oddTexts: Record<string, string> = {
  long: longText,
  'one long word': 'W'.repeat(400),
  'Japanese and Chinese': '\u8133MRI \u691c\u67fb \u6d77\u99ac',
  Greek: '\u0391\u03bb\u03b5\u03be\u03ac\u03bd\u03b4\u03c1\u03b1 \u03bc',
  'Latin-1': 'Sch\u00e4del na\u00efve \u00d8re \u00df',
  'right to left': '\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627',
  'emoji and lone surrogates': '\u{1f9e0} \ud800 x \udc00',
  'controls and overrides': 'a\u0000b\r\nc\t\u202ed\u200be',
  blank: '   ',
  empty: '',
  markup: '<b>&amp;</b> %s {x} ^^=',
}

function withTexts(text: string): ReportInput {
  const plain = makeReportInput()
  const otherSeries = Array.from({ length: 30 }, (_, number) => ({
    number,
    description: text,
    sentence: text,
  }))
  return {
    ...plain,
    study: {
      accessionNumber: text,
      studyDate: text,
      studyDescription: text,
      patientAge: text,
      patientSex: text,
      patientName: text,
      patientId: text,
    },
    series: { number: 1, description: text, instanceCount: 1, scanner: text, sentence: text },
    otherSeries,
    warnings: Array.from({ length: 9 }, () => text),
    model: {
      name: text,
      version: text,
      sha256: text,
      accuracy: { diceWhole: Number.NaN, of: text },
    },
    volumes: [
      { side: 'left', anteriorMm3: 1, posteriorMm3: 2, totalMm3: 3 },
      { side: 'right', anteriorMm3: Number.NaN, posteriorMm3: Infinity, totalMm3: 1e9 },
    ],
    predecessor: { analysedAt: new Date('2026-01-01T00:00:00Z'), sourceInstanceCount: 1 },
  }
}

describe('odd input still gives a page', () => {
  it.each(Object.entries(oddTexts))('with texts that are %s', (_, text) => {
    const page = renderReport(withTexts(text))
    // Nothing may run into the footer: the rows above its rule are paper.
    const rowsAbove = page.rgb.subarray((1754 - 66 - 8) * 1240 * 3, (1754 - 66 - 1) * 1240 * 3)
    expect(rowsAbove.every((value) => value === 255)).toBe(true)
    const rightMargin = page.rgb.findIndex((value, index) => {
      const x = Math.floor(index / 3) % 1240
      return x >= 1186 && value !== 255
    })
    expect(rightMargin).toBe(-1)
  })

  it('with nothing stated, no other series and no volume', async () => {
    const nothing = {
      accessionNumber: undefined,
      studyDate: undefined,
      studyDescription: undefined,
      patientAge: undefined,
      patientSex: undefined,
      patientName: undefined,
      patientId: undefined,
    }
    const series = {
      number: undefined,
      description: undefined,
      instanceCount: 0,
      scanner: undefined,
      sentence: '',
    }
    const input = makeReportInput({ study: nothing, series, otherSeries: [], volumes: [] })
    expect((await renderReport(input).toPng()).length).toBeGreaterThan(1000)
  })

  const unit = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const
  const grids: Record<string, [dimensions: Vector3, spacing: number]> = {
    'of one voxel': [[1, 1, 1], 1],
    'of one slice': [[40, 40, 1], 1],
    'of tiny voxels': [[30, 30, 30], 0.05],
    'of huge voxels': [[30, 30, 30], 20],
  }
  it.each(Object.entries(grids))('with a grid %s', (_, [dimensions, spacing]) => {
    const steps = unit.map((step) => step.map((value) => value * spacing))
    const grid = gridAround(dimensions, steps as never)
    const { volume, labelMap } = phantomOn(grid)
    expect(renderReport(makeReportInput({ volume, labelMap })).rgb.length).toBeGreaterThan(0)
  })

  const intensities: Record<string, (index: number) => number> = {
    constant: () => 7,
    zero: () => 0,
    'not numbers': (index) => (index % 2 ? Number.NaN : Infinity),
    'of huge range': (index) => (index - 30_000) * 1e30,
  }
  it.each(Object.entries(intensities))('with intensities that are %s', (_, valueAt) => {
    const { volume, labelMap } = phantomOn(plainGrid)
    const odd = { ...volume, intensities: volume.intensities.map((_, index) => valueAt(index)) }
    expect(renderReport(makeReportInput({ volume: odd, labelMap })).rgb.length).toBeGreaterThan(0)
  })

  it('with no label, and with every voxel labelled', () => {
    for (const label of [0, 1]) {
      const labels = new Uint8Array(36 * 50 * 34).fill(label)
      const page = renderReport(makeReportInput({ labelMap: { ...plainGrid, labels } }))
      expect(page.rgb.length).toBeGreaterThan(0)
    }
  })
})
