import type { QualityFinding, QualityVerdict } from '../quality-finding.ts'

const order: readonly QualityVerdict[] = ['measured', 'warning', 'rejected']

/** The verdict on a measurement: that of its worst finding; `measured` where nothing was found. */
export function worstVerdict(findings: readonly QualityFinding[]): QualityVerdict {
  const ranks = findings.map(({ verdict }) => order.indexOf(verdict))
  return order[Math.max(0, ...ranks)]!
}

/** The findings of a verdict. */
export function findingsOf(
  findings: readonly QualityFinding[],
  verdict: QualityVerdict,
): readonly QualityFinding[] {
  return findings.filter((finding) => finding.verdict === verdict)
}
