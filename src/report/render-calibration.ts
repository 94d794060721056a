import { calibrateDistribution } from '../measurement/norms/calibrate-distribution.ts'
import { type Calibration, ratioAt, ratioErrorAt } from '../measurement/norms/calibration.ts'
import type { CalibrationPerson } from '../measurement/norms/calibration-person.ts'
import { expectVolume } from '../measurement/norms/expected-volume.ts'
import { quantileOf } from '../measurement/norms/normal-distribution.ts'
import type { RegressionNorms } from '../measurement/norms/norms.ts'
import { type PlacedVolume, placeVolume } from '../measurement/norms/place-volume.ts'
import { drawScatter, type Scatter } from './draw-scatter.ts'
import { encodePng } from './encode-png.ts'
import { formatPercent, formatPercentileInterval, formatVolume } from './format-figures.ts'
import {
  contentWidth,
  createPage,
  drawLine,
  drawParagraph,
  drawRule,
  leadingOf,
  type Page,
  pageHeight,
  pageMargin,
  pageWidth,
  textStyles,
} from './page.ts'
import { readRgb } from './read-rgb.ts'

/** The content of the page about a site's own norms. */
export interface CalibrationPage {
  readonly site: string
  readonly norms: RegressionNorms
  readonly calibration: Calibration
  /** The shipped calibration of the same model; undefined if there is none. */
  readonly shipped: Calibration | undefined
  readonly people: readonly CalibrationPerson[]
  readonly notes: readonly string[]
  readonly model: { readonly name: string; readonly version: string }
  readonly madeAt: Date
}

const sides = ['left', 'right'] as const
const percent = (share: number) => formatPercent(100 * share)
const kinds = { left: 'square', right: 'disc' } as const

interface Placed {
  readonly person: CalibrationPerson
  readonly side: 'left' | 'right'
  readonly ratio: number
  readonly z: number
}

function placeAll({ people, norms, calibration }: CalibrationPage): Placed[] {
  return people.flatMap((person) =>
    sides.map((side) => {
      const asked = { ...person, intracranialVolumeMm3: person.icvMm3, side }
      const expected = expectVolume(norms, side, asked)!
      const { totalMm3 } = person[side]
      const { zScore } = placeVolume(totalMm3, expected, calibration, calibration.whole, asked, 0)
      return { person, side, ratio: totalMm3 / expected.medianMm3, z: zScore.value }
    }),
  )
}

const flat = (y: number, { from, to }: Scatter['x'], isDashed = false) => ({
  points: [
    { x: from, y },
    { x: to, y },
  ],
  isDashed,
})

const around = (values: readonly number[], step: number) => ({
  from: Math.floor((Math.min(...values) - step / 4) / step) * step,
  to: Math.ceil((Math.max(...values) + step / 4) / step) * step,
})

/**
 * Volumes relative to the norms' expectation, by age, with the fitted ratio of both sides and its
 * 95 % interval.
 */
function ratiosByAge(input: CalibrationPage, placed: readonly Placed[]): Scatter {
  const { calibration, shipped } = input
  const x = around(
    placed.map(({ person }) => person.ageYears),
    10,
  )
  const ages = Array.from({ length: 41 }, (_, at) => x.from + ((x.to - x.from) * at) / 40)
  const ratioOf = (one: Calibration, ageYears: number) => {
    const [left, right] = sides.map((side) =>
      ratioAt(one, one.whole, { side, ageYears, intracranialVolumeMm3: calibration.icvPivotMm3 }),
    )
    return (left! + right!) / 2
  }
  const curve = (one: Calibration, isDashed: boolean) => ({
    points: ages.map((age) => ({ x: age, y: ratioOf(one, age) })),
    isDashed,
  })
  const band = ages.map((age) => {
    const ratio = ratioOf(calibration, age)
    const place = {
      side: 'left',
      ageYears: age,
      intracranialVolumeMm3: calibration.icvPivotMm3,
    } as const
    const reach = 1.96 * ratio * ratioErrorAt(calibration, calibration.whole, place)
    return { x: age, low: ratio - reach, high: ratio + reach }
  })
  const values = [
    ...placed.map(({ ratio }) => ratio),
    ...band.flatMap(({ low, high }) => [low, high]),
  ]
  return {
    title: 'Volume over what the norms expect',
    xName: 'age, years',
    points: placed.map(({ person, side, ratio }) => ({
      x: person.ageYears,
      y: ratio,
      kind: kinds[side],
    })),
    lines: [curve(calibration, false), ...(shipped ? [curve(shipped, true)] : [])],
    band,
    x,
    y: around(values, 0.05),
    formatX: (value) => value.toFixed(0),
    formatY: (value) => value.toFixed(2),
  }
}

function scoresBy(
  title: string,
  xName: string,
  placed: readonly Placed[],
  xOf: (person: CalibrationPerson) => number,
  step: number,
  digits: number,
): Scatter {
  const x = around(
    placed.map(({ person }) => xOf(person)),
    step,
  )
  return {
    title,
    xName,
    points: placed.map(({ person, side, z }) => ({ x: xOf(person), y: z, kind: kinds[side] })),
    lines: [flat(0, x), flat(-1.96, x, true), flat(1.96, x, true)],
    x,
    y: {
      from: Math.min(
        -3,
        around(
          placed.map(({ z }) => z),
          1,
        ).from,
      ),
      to: Math.max(
        3,
        around(
          placed.map(({ z }) => z),
          1,
        ).to,
      ),
    },
    formatX: (value) => value.toFixed(digits),
    formatY: (value) => value.toFixed(0).replace('-', '\u2212'),
  }
}

/** Quantiles of the z-scores compared with those of a normal distribution. */
function quantiles(placed: readonly Placed[]): Scatter {
  const sorted = placed.toSorted((a, b) => a.z - b.z)
  const range = { from: -3, to: 3 }
  return {
    title: 'z-scores against a normal distribution',
    xName: 'expected z-score (ideal: points on the line)',
    points: sorted.map(({ z, side }, at) => ({
      x: quantileOf((at + 0.5) / sorted.length),
      y: Math.max(-3, Math.min(3, z)),
      kind: kinds[side],
    })),
    lines: [
      {
        points: [
          { x: -3, y: -3 },
          { x: 3, y: 3 },
        ],
      },
    ],
    x: range,
    y: range,
    formatX: (value) => value.toFixed(0).replace('-', '\u2212'),
    formatY: (value) => value.toFixed(0).replace('-', '\u2212'),
  }
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** A 70-year-old of each sex with the site's mean head size: percentiles by both calibrations. */
function tellSeventy({ norms, calibration, shipped, people }: CalibrationPage) {
  return (['F', 'M'] as const).flatMap((sex) => {
    const heads = people.filter((one) => one.sex === sex).map(({ icvMm3 }) => icvMm3)
    if (heads.length === 0) return []
    const mm3 = meanOf(heads)
    const person = { ageYears: 70, sex, intracranialVolumeMm3: mm3, side: 'left' } as const
    const expected = expectVolume(norms, 'left', person)!
    const own = calibrateDistribution(expected, calibration, calibration.whole, person)
    return [-2, -1, 0].map((z) => {
      const volume = Math.round(own.volumeAt(z) / 50) * 50
      const place = (one: Calibration | undefined): PlacedVolume | undefined =>
        one && placeVolume(volume, expected, one, one.whole, person, 0.03 * mm3)
      return {
        who: `${sex === 'F' ? 'Woman' : 'Man'} of 70, head of ${(mm3 / 1e6).toFixed(2)} litres, left ${formatVolume(volume)} mm\u00b3`,
        own: formatPercentileInterval(place(calibration)!.percentile),
        shipped: shipped ? formatPercentileInterval(place(shipped)!.percentile) : '\u2013',
      }
    })
  })
}

function tellFit({ calibration, shipped }: CalibrationPage): string[][] {
  const columns = (one: Calibration) => {
    const { ratio, agePerYear, icvPerLitre, spread, covariance, siteScatter } = one.whole
    const error = (at: number) => Math.sqrt(Math.max(0, covariance[at]![at]!))
    return [
      `${percent(ratio)} \u00b1 ${percent(ratio * error(0))}`,
      `${percent(10 * agePerYear)} \u00b1 ${percent(10 * error(2))}`,
      `${percent(icvPerLitre / 10)} \u00b1 ${percent(error(3) / 10)}`,
      `${spread.toFixed(2)} \u00b1 ${(spread * error(4)).toFixed(2)}`,
      percent(siteScatter),
    ]
  }
  const names = [
    "Volume relative to the norms' method",
    'Change with ten years of age',
    'Change with 0.1 litre of head size',
    'Spread relative to the norms',
    'Error from differences between sites',
  ]
  const [own, theirs] = [columns(calibration), shipped ? columns(shipped) : []]
  return names.map((name, at) => [name, own[at]!, theirs[at] ?? '\u2013'])
}

function drawTable(
  page: Page,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  top: number,
) {
  const rights = [0, 830, contentWidth]
  const height = 27
  const drawRow = (
    cells: readonly string[],
    y: number,
    style: (typeof textStyles)['body' | 'strong'],
  ) => {
    for (const [at, cell] of cells.entries()) {
      if (at === 0) drawLine(page, cell, style, pageMargin, y, 560)
      else drawLine(page, cell, style, pageMargin + rights[at]!, y, 300, 'right')
    }
  }
  drawRow(heading, top + 18, textStyles.strong)
  let y = top + height
  for (const row of rows) {
    drawRule(page, y - 2)
    drawRow(row, y + 18, textStyles.body)
    y += height
  }
  return y
}

/**
 * Draws the page about a site's own norms: points, curve, residuals, quantiles, and their effect.
 */
export async function renderCalibration(input: CalibrationPage): Promise<Uint8Array> {
  const { site, norms, calibration, people, notes, model, madeAt } = input
  const page = createPage(pageWidth, pageHeight)
  const placed = placeAll(input)
  drawLine(page, `Norms of ${site}`, textStyles.product, pageMargin, 80)
  const women = people.filter(({ sex }) => sex === 'F').length
  const facts = `${people.length} people (${women} women), ${calibration.ages.minimum} to ${calibration.ages.maximum} years, measured with ${model.name} ${model.version}, compared with ${norms.source.name} (${norms.source.method}). ${madeAt.toISOString().slice(0, 10)}.`
  drawParagraph(page, facts, textStyles.quiet, pageMargin, 114, contentWidth, 2)
  const [width, height, left, right] = [500, 330, pageMargin + 44, pageMargin + contentWidth - 500]
  const panels = [
    [ratiosByAge(input, placed), left, 200],
    [quantiles(placed), right, 200],
    [
      scoresBy('z-scores by age', 'age, years', placed, ({ ageYears }) => ageYears, 10, 0),
      left,
      622,
    ],
    [
      scoresBy(
        'z-scores by head size',
        'intracranial volume, litres',
        placed,
        ({ icvMm3 }) => icvMm3 / 1e6,
        0.1,
        1,
      ),
      right,
      622,
    ],
  ] as const
  for (const [scatter, x, y] of panels)
    drawScatter(page, scatter, { left: x, top: y, width, height })
  const legend =
    'Discs: right; hollow squares: left. Line: this calibration, mean of both sides, with its 95 % interval; dashed: the shipped one. Dashed at \u00b11.96: 95 of 100 healthy people lie within.'
  let y = drawParagraph(page, legend, textStyles.fine, pageMargin, 1022, contentWidth, 2) + 14
  y =
    drawTable(page, ['Fit, \u00b1 one standard error', 'This site', 'Shipped'], tellFit(input), y) +
    22
  const seventy = tellSeventy(input).map(({ who, own, shipped }) => [who, own, shipped])
  y =
    drawTable(page, ['What it changes: percentile (95 %)', 'This site', 'Shipped'], seventy, y) + 26
  for (const note of notes) {
    if (y > pageHeight - 60) break
    y = drawParagraph(page, note, textStyles.body, pageMargin, y, contentWidth, 2) + 4
  }
  const end =
    'Research use only. Points far from the line, curved residuals, or points off the diagonal in the upper right panel are reasons not to use these norms: check before you use them.'
  drawParagraph(
    page,
    end,
    textStyles.small,
    pageMargin,
    Math.max(y + 4, pageHeight - 2 * leadingOf(textStyles.small) - 24),
    contentWidth,
    2,
  )
  const rgb = readRgb(page.context.canvas)
  return encodePng(rgb, pageWidth, pageHeight)
}
