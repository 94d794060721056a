import { createCanvas, loadImage } from 'canvas'
import { describe, expect, it } from 'vitest'
import { renderReport } from '../../src/report/render-report.ts'
import { renderSupersededPage } from '../../src/report/superseded-page.ts'
import { makeReportInput } from './make-report-input.ts'

async function readPixels(png: Uint8Array) {
  const image = await loadImage(Buffer.from(png))
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  const { data, width, height } = context.getImageData(0, 0, image.width, image.height)
  return { data: Buffer.from(data), width, height }
}

describe('a superseded page', () => {
  it('has a band above the page without changing any pixel of the page', async () => {
    const page = renderReport(makeReportInput())
    const png = await renderSupersededPage(await page.toPng(), 'Replaced by a result of \u8133.')
    const [before, after] = [await readPixels(await page.toPng()), await readPixels(png)]
    expect(after.width).toBe(before.width)
    const band = (after.height - before.height) * after.width * 4
    expect(band).toBeGreaterThan(0)
    expect(after.data.subarray(band).equals(before.data)).toBe(true)
    expect([...after.data.subarray(0, 3)]).toEqual([0x1f, 0x29, 0x33])
  })

  it('is rejected if the earlier page is not an image', async () => {
    const broken = renderSupersededPage(Uint8Array.of(1, 2, 3), 'note')
    await expect(broken).rejects.toMatchObject({ code: 'REPORT_FAILED' })
  })
})
