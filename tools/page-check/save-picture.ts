import { writeFileSync } from 'node:fs'
import { Canvas, createCanvas, loadImage } from 'canvas'
import type { Page } from 'playwright-core'

/** Saves the screen as a small PNG: flat colours are smallest without filters. */
export async function savePicture(page: Page, path: string): Promise<void> {
  const image = await loadImage(await page.screenshot())
  const canvas = createCanvas(image.width, image.height)
  canvas.getContext('2d').drawImage(image, 0, 0)
  const settings = { compressionLevel: 9, filters: Canvas.PNG_FILTER_NONE } as const
  writeFileSync(path, canvas.toBuffer('image/png', settings))
}
