import { setTimeout as sleep } from 'node:timers/promises'
import { startChromium } from '../start-chromium.ts'
import { averageTiles, correlate, fitInto, type RgbImage, readPng } from './rgb-image.ts'

export interface ViewerSight {
  /** Correlation of the page on the screen with the page in the archive, -1 to 1. */
  readonly correlation: number
  readonly screenshot: Buffer
  /** Browser errors. */
  readonly complaints: readonly string[]
}

/**
 * Opens a link of the viewer in Chromium and waits until the report page is on the screen, or for a
 * timeout. It compares the screenshot, as a person would see it.
 */
export async function watchViewer(
  link: string,
  page: RgbImage,
  enough: number,
  seconds: number,
): Promise<ViewerSight> {
  const browser = await startChromium()
  try {
    const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const complaints: string[] = []
    tab.on('pageerror', (error) => complaints.push(error.message))
    tab.on('response', (answer) => {
      if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()}`)
    })
    await tab.goto(link)
    const [columns, rows] = [124, Math.round((124 * page.height) / page.width)]
    const whole = { x: 0, y: 0, width: page.width, height: page.height }
    const expected = averageTiles(page, whole, columns, rows)
    const deadline = Date.now() + seconds * 1000
    let correlation = 0
    while (correlation < enough && Date.now() < deadline) {
      await sleep(500)
      const viewport = await tab.locator('canvas.cornerstone-canvas').first().boundingBox()
      if (viewport === null) continue
      const seen = await readPng(await tab.screenshot())
      correlation = correlate(averageTiles(seen, fitInto(viewport, page), columns, rows), expected)
    }
    await sleep(1500) // thumbnails and overlays settle
    return { correlation, screenshot: await tab.screenshot(), complaints }
  } finally {
    await browser.close()
  }
}
