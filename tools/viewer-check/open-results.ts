import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { startChromium } from '../start-chromium.ts'
import { averageTiles, correlate, fitInto, type RgbImage, readPng } from './rgb-image.ts'

/** What a reader sees when opening the parts of a result in the viewer. */
export interface ResultSights {
  /** Correlation of the thumbnail of the report's series with its first page, -1 to 1. */
  readonly thumbnail: number
  /** Text of the viewport with the structured report open. */
  readonly reportText: string
  readonly report: Buffer
  /**
   * Pixels in the yellow of the anterior part, once the segmentation is open, without scrolling.
   */
  readonly yellow: number
  readonly segmentation: Buffer
}

const colorDistance = 40

async function openSeries(tab: Page, modality: string): Promise<void> {
  const entry = tab.locator('[data-cy="study-browser-thumbnail-no-image"]')
  await entry.filter({ hasText: modality }).first().dblclick({ timeout: 60_000 })
}

async function compareThumbnail(tab: Page, seriesNumber: string, page: RgbImage): Promise<number> {
  const entry = tab.locator('[data-cy="study-browser-thumbnail"]')
  const picture = entry
    .filter({ hasText: `S:${seriesNumber}` })
    .locator('img')
    .first()
  await picture.waitFor({ timeout: 60_000 })
  await sleep(1_500)
  const box = await picture.boundingBox()
  if (box === null) return 0
  const [columns, rows] = [20, 28]
  const whole = { x: 0, y: 0, width: page.width, height: page.height }
  const seen = await readPng(await tab.screenshot())
  return correlate(
    averageTiles(seen, fitInto(box, page), columns, rows),
    averageTiles(page, whole, columns, rows),
  )
}

/** Pixels of the first viewport in the yellow of the anterior part, over any grey. */
async function countYellow(tab: Page): Promise<number> {
  const canvas = tab.locator('canvas.cornerstone-canvas').first()
  const { rgb } = await readPng(await canvas.screenshot())
  let count = 0
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    if (Math.min(rgb[at]!, rgb[at + 1]!) - rgb[at + 2]! > colorDistance) count++
  }
  return count
}

/**
 * Opens the structured report and the segmentation of a study in OHIF as a person would, by a
 * double click. Throws if one of them does not open.
 */
export async function openResults(
  link: string,
  page: RgbImage,
  pageSeriesNumber: string,
): Promise<ResultSights> {
  const browser = await startChromium()
  try {
    const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await tab.goto(link)
    const thumbnail = await compareThumbnail(tab, pageSeriesNumber, page)
    await openSeries(tab, 'SR')
    await sleep(4_000)
    const reportText = await tab.locator('body').innerText()
    const report = await tab.screenshot()
    await openSeries(tab, 'SEG')
    await tab.locator('[data-cy="yes-hydrate-btn"]').click({ timeout: 60_000 })
    await sleep(5_000)
    const yellow = await countYellow(tab)
    return { thumbnail, reportText, report, yellow, segmentation: await tab.screenshot() }
  } finally {
    await browser.close()
  }
}
