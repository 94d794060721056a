import { loadImage } from 'canvas'
import { HippoError } from '../errors.ts'
import { encodePng } from './encode-png.ts'
import { createPage, drawLine, type TextStyle } from './page.ts'
import { palette } from './palette.ts'
import { readRgb } from './read-rgb.ts'

const title: TextStyle = { size: 40, weight: 'bold', color: palette.bannerInk }
const sentence: TextStyle = { size: 22, weight: 'normal', color: palette.bannerInk }
const bandHeight = 120

/**
 * An existing page with a band above it that says it is superseded, and a note, such as a reference
 * to its successor. The page itself is unchanged, so nothing is hidden. PNG in and out. Throws
 * REPORT_FAILED if the bytes are not an image.
 */
export async function renderSupersededPage(png: Uint8Array, note: string): Promise<Uint8Array> {
  const old = await loadImage(Buffer.from(png)).catch((cause: unknown) => {
    throw new HippoError('REPORT_FAILED', 'The page of the earlier result cannot be read.', {
      cause,
    })
  })
  const page = createPage(old.width, old.height + bandHeight)
  const { context } = page
  context.drawImage(old, 0, bandHeight)
  context.fillStyle = palette.superseded
  context.fillRect(0, 0, old.width, bandHeight)
  const middle = old.width / 2
  const room = old.width - 40
  drawLine(page, 'SUPERSEDED', title, middle, 56, room, 'center')
  drawLine(page, note, sentence, middle, 96, room, 'center')
  return encodePng(readRgb(context.canvas), old.width, old.height + bandHeight)
}
