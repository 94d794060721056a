import { type CanvasRenderingContext2D, createCanvas, type ImageData } from 'canvas'
import type { FontCoverage } from './font-coverage.ts'
import { palette } from './palette.ts'
import { toPrintable } from './printable-text.ts'
import { registerReportFonts, reportFontFamily } from './report-fonts.ts'
import { ellipsize, type MeasureText, wrapText } from './text-fitting.ts'

/** Sizes in pixels of an A4 page at 150 pixels per inch. */
export const pageWidth = 1240
export const pageHeight = 1754
export const pageMargin = 56
export const contentWidth = pageWidth - 2 * pageMargin

export interface TextStyle {
  readonly size: number
  readonly weight: 'normal' | 'bold'
  readonly color: string
}

const style = (size: number, weight: TextStyle['weight'], color: string): TextStyle => ({
  size,
  weight,
  color,
})

/** Styles of all texts on the page. */
export const textStyles = {
  product: style(34, 'bold', palette.ink),
  title: style(24, 'normal', palette.muted),
  question: style(27, 'bold', palette.ink),
  answer: style(23, 'normal', palette.ink),
  impression: style(23, 'normal', palette.ink),
  longImpression: style(19, 'normal', palette.ink),
  notice: style(21, 'normal', palette.ink),
  noticeStrong: style(21, 'bold', palette.ink),
  key: style(21, 'normal', palette.ink),
  keyStrong: style(22, 'bold', palette.ink),
  keyTotal: style(28, 'bold', palette.ink),
  keyError: style(20, 'normal', palette.muted),
  caption: style(21, 'bold', palette.ink),
  note: style(17, 'normal', palette.muted),
  noteStrong: style(19, 'bold', palette.ink),
  tick: style(18, 'normal', palette.ink),
  fine: style(14, 'normal', palette.muted),
  fineStrong: style(14, 'bold', palette.ink),
  banner: style(27, 'bold', palette.bannerInk),
  heading: style(20, 'bold', palette.ink),
  label: style(19, 'normal', palette.muted),
  fact: style(26, 'normal', palette.ink),
  body: style(17, 'normal', palette.ink),
  strong: style(17, 'bold', palette.ink),
  quiet: style(17, 'normal', palette.muted),
  figure: style(23, 'normal', palette.ink),
  total: style(23, 'bold', palette.ink),
  small: style(15, 'normal', palette.muted),
  letter: style(18, 'bold', palette.onPanel),
} as const

/** A page being drawn: its context, and functions for texts with any characters and length. */
export interface Page {
  readonly context: CanvasRenderingContext2D
  readonly kind: 'image' | 'pdf'
  readonly covers: FontCoverage
  /** Widths measured so far, by font and text: measuring costs more than drawing. */
  readonly widths: Map<string, number>
}

/** A4 in points, the unit of PDF, and the size of a page pixel in points. */
const [pdfWidth, pdfHeight] = [595, 842]
const pointsPerPixel = 72 / 150

/** A blank page with the report's fonts: pixels, or an A4 PDF with the same pixel coordinates. */
export function createPage(width: number, height: number, kind: 'image' | 'pdf' = 'image'): Page {
  const covers = registerReportFonts()
  const canvas =
    kind === 'image' ? createCanvas(width, height) : createCanvas(pdfWidth, pdfHeight, 'pdf')
  const context = canvas.getContext('2d')
  if (kind === 'pdf') {
    context.scale(pointsPerPixel, pointsPerPixel)
    // Text stays selectable and searchable instead of outlines.
    context.textDrawingMode = 'glyph'
  }
  context.fillStyle = palette.paper
  context.fillRect(0, 0, width, height)
  context.antialias = 'gray'
  context.textBaseline = 'alphabetic'
  return { context, kind, covers, widths: new Map() }
}

/** Ends the page of a PDF and starts a blank one with the same scale. */
export function turnPage(page: Page): void {
  const { context } = page
  ;(context as CanvasRenderingContext2D & { addPage(): void }).addPage()
  context.fillStyle = palette.paper
  context.fillRect(0, 0, pageWidth, pageHeight)
}

/** Sets font and colour, and returns a function that measures texts in that font. */
export function useStyle(page: Page, { size, weight, color }: TextStyle): MeasureText {
  const { context, widths } = page
  const font = `${weight} ${size}px "${reportFontFamily}"`
  context.font = font
  context.fillStyle = color
  return (text) => {
    const key = `${font} ${text}`
    const width = widths.get(key) ?? context.measureText(text).width
    widths.set(key, width)
    return width
  }
}

/**
 * Draws one line of text with its baseline at `y`, cut with an ellipsis at `width`. `x` is its left
 * end, right end or centre. Returns the width drawn.
 */
export function drawLine(
  page: Page,
  text: string,
  textStyle: TextStyle,
  x: number,
  y: number,
  width: number = contentWidth,
  align: 'left' | 'right' | 'center' = 'left',
): number {
  const measure = useStyle(page, textStyle)
  const fitted = ellipsize(toPrintable(text, page.covers), width, measure)
  const drawn = measure(fitted)
  const start = align === 'left' ? x : align === 'right' ? x - drawn : x - drawn / 2
  page.context.fillText(fitted, Math.round(start), y)
  return drawn
}

/**
 * Draws a text over at most `maximumLines` lines, the first baseline at `y`. Returns the baseline
 * after the last.
 */
export function drawParagraph(
  page: Page,
  text: string,
  textStyle: TextStyle,
  x: number,
  y: number,
  width: number,
  maximumLines: number,
): number {
  const measure = useStyle(page, textStyle)
  const lines = wrapText(toPrintable(text, page.covers), width, maximumLines, measure)
  const leading = leadingOf(textStyle)
  for (const [index, line] of lines.entries()) page.context.fillText(line, x, y + index * leading)
  return y + lines.length * leading
}

/** Number of lines that drawParagraph would draw. */
export function countLines(
  page: Page,
  text: string,
  textStyle: TextStyle,
  width: number,
  maximumLines: number,
): number {
  const measure = useStyle(page, textStyle)
  return wrapText(toPrintable(text, page.covers), width, maximumLines, measure).length
}

/** Distance between baselines, pixels. */
export function leadingOf({ size }: TextStyle): number {
  return Math.round(size * 1.32)
}

/** A thin horizontal line, by default across the content. */
export function drawRule(
  { context }: Page,
  y: number,
  left: number = pageMargin,
  width: number = contentWidth,
): void {
  context.fillStyle = palette.rule
  context.fillRect(left, y, width, 1)
}

/** Puts pixels on the page, one to one; `x` and `y` are whole pixels. */
export function drawPixels({ context, kind }: Page, pixels: ImageData, x: number, y: number): void {
  if (kind === 'image') {
    context.putImageData(pixels, x, y)
    return
  }
  // A PDF needs an image instead of pixels.
  const canvas = createCanvas(pixels.width, pixels.height)
  canvas.getContext('2d').putImageData(pixels, 0, 0)
  context.drawImage(canvas, x, y)
}
