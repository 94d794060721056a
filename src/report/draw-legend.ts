import { drawSwatch } from './draw-volume-table.ts'
import { drawLine, type Page, textStyles } from './page.ts'
import { anteriorStyle, posteriorStyle } from './palette.ts'
import { texts } from './texts.ts'

/** Legend of the outlines, on one line that ends at `right`. */
export function drawLegend(page: Page, right: number, baseline: number): void {
  let end = right
  for (const [region, name] of [
    [posteriorStyle, texts.parts.posterior],
    [anteriorStyle, texts.parts.anterior],
  ] as const) {
    const width = drawLine(page, name, textStyles.body, end, baseline, 260, 'right')
    drawSwatch(page, region, end - width - 34, baseline - 6)
    end -= width + 52
  }
}
