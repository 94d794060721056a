import type { FoundReport } from './find-report.ts'
import type { FollowedStudy } from './follow-study.ts'

const ml = (mm3: number) => `${(mm3 / 1000).toFixed(2)} ml`
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`

/** The result as lines for a terminal: the verdict on every series, volumes, times. */
export function describeResult({ job, outcome }: FollowedStudy): string[] {
  const lines: string[] = []
  const verdicts = [...(outcome?.verdicts ?? [])]
  verdicts.sort((a, b) => (a.seriesNumber ?? 0) - (b.seriesNumber ?? 0))
  for (const verdict of verdicts) {
    const name = `${verdict.seriesNumber ?? '-'} ${verdict.seriesDescription ?? 'no description'}`
    lines.push(`  ${verdict.chosen ? '*' : ' '} ${name.padEnd(24)} ${verdict.sentence}`)
  }
  for (const volumes of outcome?.result?.volumes ?? []) {
    const side = volumes.side === 'unknown' ? 'side not stated' : volumes.side
    lines.push(
      `  hippocampus, ${side}: ${ml(volumes.totalMm3)} (${Math.round(volumes.totalMm3)} mm3), ` +
        `anterior ${ml(volumes.anteriorMm3)}, posterior ${ml(volumes.posteriorMm3)}`,
    )
  }
  const icv = outcome?.result?.intracranialVolume
  if (icv !== undefined) {
    lines.push(`  intracranial volume: about ${Math.round(icv.mm3 / 1000)} ml (estimated)`)
  }
  for (const warning of outcome?.result?.warnings ?? []) lines.push(`  note: ${warning}`)
  if (job.error !== undefined) lines.push(`  ${job.error.code}: ${job.error.message}`)
  if (job.analysisStartedAt !== undefined && job.finishedAt !== undefined) {
    const between = (from: string, to: string) => Date.parse(to) - Date.parse(from)
    const stages = job.timings.map(
      ({ stage, milliseconds }) => `${stage} ${milliseconds.toFixed(0)}`,
    )
    lines.push(
      `  from the hook's call to the verified report: ${seconds(between(job.createdAt, job.finishedAt))}` +
        (stages.length === 0 ? '' : ` (ms: ${stages.join(', ')})`),
    )
  }
  return lines
}

/** The location of the report in the archive, and its link in the viewer. */
export function describeReport(report: FoundReport, link: string): string[] {
  return [
    `  report in Orthanc: series "${report.seriesDescription}", ${report.columns} x ${report.rows}`,
    `    /dicom-web/studies/${report.studyInstanceUid}/series/${report.seriesInstanceUid}`,
    `  open it in OHIF: ${link}`,
  ]
}
