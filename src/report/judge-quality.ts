import type { QualityVerdict } from '../measurement/quality-finding.ts'
import type { ReportInput } from './report-input.ts'

/** The content of question 4: objections first, the most serious at the top. */
export interface Objection {
  readonly verdict: Exclude<QualityVerdict, 'measured'>
  readonly sentence: string
}

/** The verdict of a measurement, its objections, each once, and how many checks passed. */
export function judgeQuality({ quality, warnings }: Pick<ReportInput, 'quality' | 'warnings'>): {
  readonly verdict: QualityVerdict
  readonly objections: readonly Objection[]
  readonly passed: number
} {
  const found = quality.flatMap((finding): Objection[] =>
    finding.verdict === 'measured'
      ? []
      : [{ verdict: finding.verdict, sentence: finding.sentence }],
  )
  const said = new Set(quality.map(({ sentence }) => sentence))
  const others = warnings
    .filter((sentence) => !said.has(sentence))
    .map((sentence) => ({ verdict: 'warning' as const, sentence }))
  const objections = [...found, ...others].sort(
    (one, other) => Number(other.verdict === 'rejected') - Number(one.verdict === 'rejected'),
  )
  return {
    verdict: objections[0]?.verdict ?? 'measured',
    objections,
    passed: quality.filter(({ verdict }) => verdict === 'measured').length,
  }
}
