import type { Asymmetry } from '../measurement/asymmetry.ts'
import type { ChangeOverTime } from '../measurement/change-over-time.ts'
import type { HippocampusVolumes } from '../measurement/hippocampus-volumes.ts'
import type { NormativeComparison } from '../measurement/norms/compare-with-norms.ts'
import type { QualityVerdict } from '../measurement/quality-finding.ts'
import type { TemporalHorn } from '../measurement/temporal-horn.ts'
import { type ImpressionLanguage, impressionTemplates } from './templates.ts'

/** Sentences for a radiologist's report, with the language they are in. */
export interface Impression {
  readonly text: string
  /** RFC 5646, such as de-DE, with its English name. */
  readonly language: { readonly code: string; readonly name: string }
}

/** The input of an impression. */
export interface ImpressionInput {
  readonly volumes: readonly HippocampusVolumes[]
  readonly verdict: QualityVerdict
  readonly hasWarnings: boolean
  readonly norms?: NormativeComparison | undefined
  readonly asymmetry?: Asymmetry | undefined
  readonly horns?: readonly TemporalHorn[] | undefined
  readonly history?: ChangeOverTime | undefined
}

const fill = (template: string, places: Readonly<Record<string, string>>) =>
  template.replace(/\{(\w+)\}/g, (whole, place: string) => places[place] ?? whole)

const sideOrder = ['right', 'left', 'unknown'] as const

function wordsIn(language: ImpressionLanguage) {
  const words = impressionTemplates[language]
  const decimal = (value: number, digits: number) => {
    const text = value.toFixed(digits)
    const unsigned = Number(text) === 0 ? text.replace('-', '') : text
    return unsigned.replace('-', '\u2212').replace('.', words.decimalMark)
  }
  const percentile = (value: number) => {
    if (value < 1) return words.percentileEnds.lowest
    return value > 99 ? words.percentileEnds.highest : value.toFixed(0)
  }
  return { words, decimal, percentile }
}

type Words = ReturnType<typeof wordsIn>

/** "Automatic hippocampal volumetry: right 3.47 ml (percentile ...), left ...". */
function tellVolumes({ words, decimal, percentile }: Words, input: ImpressionInput): string {
  const { volumes, norms } = input
  const told = sideOrder.flatMap((side) => {
    const volume = volumes.find((one) => one.side === side)
    if (volume === undefined) return []
    const placed = norms?.compared ? norms.sides.find((one) => one.side === side) : undefined
    const { value, low, high } = placed?.percentile ?? {}
    const where =
      value === undefined
        ? ''
        : fill(words.percentile, {
            value: percentile(value),
            low: percentile(low!),
            high: percentile(high!),
          })
    return [fill(words.sides[side], { volume: decimal(volume.totalMm3 / 1000, 2) }) + where]
  })
  return `${words.volumes} ${told.join(words.list.separator)}${words.list.end}`
}

/** The standing of each side; without norms, a sentence that there is no percentile. */
function tellStandings({ words }: Words, norms: NormativeComparison | undefined): string[] {
  if (!norms?.compared) return [words.noPercentile]
  const alarm = String(norms.alarmPercentile).replace('.', words.decimalMark)
  const opposite = String(100 - norms.alarmPercentile).replace('.', words.decimalMark)
  const sides = norms.sides.toSorted(
    (one, other) => sideOrder.indexOf(one.side) - sideOrder.indexOf(other.side),
  )
  const [first, second] = sides
  const isAlike = first?.standing === second?.standing
  const told = isAlike && first ? [{ ...first, side: 'both' as const }] : sides
  return [
    words.reference,
    ...told.map(({ side, standing }) =>
      fill(words.standings[standing], { side: words.sideNames[side], alarm, opposite }),
    ),
  ]
}

function tellAsymmetry({ words, decimal }: Words, asymmetry: Asymmetry): string {
  const { indexPercent, isUsual } = asymmetry
  const { asymmetry: said } = words
  const size = decimal(Math.abs(indexPercent), 1)
  const smaller =
    Math.abs(indexPercent) < 0.05
      ? said.equal
      : fill(indexPercent < 0 ? said.left : said.right, { percent: size })
  return smaller + (isUsual === undefined ? said.unjudged : isUsual ? said.usual : said.unusual)
}

/** The occupancy of the sides whose temporal horn has a volume; empty if none has. */
function tellOccupancy({ words, decimal }: Words, horns: readonly TemporalHorn[] = []): string[] {
  const told = (['right', 'left'] as const).flatMap((side) => {
    const horn = horns.find((one) => one.side === side)
    if (horn?.state !== 'measured') return []
    return [fill(words.occupancy[side], { value: decimal(horn.occupancy, 2) })]
  })
  if (told.length === 0) return []
  return [fill(words.occupancy.sides, { sides: told.join(words.list.separator) })]
}

/**
 * The change per year of both sides together, or of the only one, as on the page: measured image
 * against image if possible. Empty without a rate.
 */
function tellChange({ words, decimal }: Words, history: ChangeOverTime | undefined): string[] {
  const pick = <T extends { readonly side: string }>(sides: readonly T[]) =>
    sides.find(({ side }) => side === 'both') ?? (sides.length === 1 ? sides[0] : undefined)
  const compared = history?.longitudinal
  const seen = pick(compared?.sides ?? [])
  const rate = seen
    ? {
        ...{ years: compared!.years, percentPerYear: seen.percentPerYear },
        ...{ lower: seen.lowerPerYear, upper: seen.upperPerYear },
      }
    : pick(history?.rates ?? [])
  if (rate?.percentPerYear === undefined) return []
  const places = {
    years: decimal(rate.years, 1),
    percent: decimal(rate.percentPerYear, 1),
    low: decimal(rate.lower!, 1),
    high: decimal(rate.upper!, 1),
  }
  return [fill(words.change, places)]
}

/**
 * An impression to paste into a report: volumes in ml with their percentiles and 95 % intervals, the standing of
 * each side, asymmetry, occupancy, change and limits. It describes sizes and never names a disease. A rejected measurement
 * gets a sentence without numbers.
 */
export function writeImpression(input: ImpressionInput, language: ImpressionLanguage): Impression {
  const tools = wordsIn(language)
  const { words } = tools
  const { volumes, verdict, hasWarnings, norms, asymmetry, horns, history } = input
  const sentences =
    verdict === 'rejected' || volumes.length === 0
      ? [words.withheld]
      : [
          tellVolumes(tools, input),
          ...tellStandings(tools, norms),
          ...(asymmetry ? [tellAsymmetry(tools, asymmetry)] : []),
          ...tellOccupancy(tools, horns),
          ...tellChange(tools, history),
          ...(hasWarnings ? [words.warning] : []),
        ]
  return { text: [...sentences, words.limits].join(' '), language: words.language }
}

/** The sentence for a study whose selected series could not be measured. */
export function writeRefusal(language: ImpressionLanguage): Impression {
  const { words } = wordsIn(language)
  return { text: `${words.refused} ${words.limits}`, language: words.language }
}
