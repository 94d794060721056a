import { explainBeyondAges } from '../measurement/norms/describe-calibration.ts'
import { judgeQuality } from './judge-quality.ts'
import type { ReportInput } from './report-input.ts'
import { orderVolumes } from './shown-sides.ts'
import { texts } from './texts.ts'

/** The answer to question 1. */
export function answerNormality(input: ReportInput): string {
  const { norms, volumes } = input
  const { normal } = texts
  if (volumes.length === 0) return normal.noVolume
  if (judgeQuality(input).verdict === 'rejected') return normal.withheld
  if (norms === undefined) return normal.noPercentile
  if (!norms.compared) return `${normal.noPercentile} ${norms.sentence}`
  const standings = orderVolumes(input).flatMap(({ side }) => {
    const found = norms.sides.find((one) => one.side === side)
    return found === undefined
      ? []
      : [{ side, standing: normal.standings[found.standing](norms.alarmPercentile) }]
  })
  const [first, second] = standings
  const said =
    second === undefined
      ? normal.oneSide(first!.side, first!.standing)
      : normal.sides(first!.standing, second.standing)
  const beyond = explainBeyondAges(norms.calibration, norms.person.ageYears)
  return beyond === undefined ? said : `${said} ${beyond}`
}
