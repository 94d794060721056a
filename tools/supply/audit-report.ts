/** What `npm audit --json` prints, as far as it is looked at. */
export interface AuditReport {
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly range?: string }>
  >
  /** Present when the registry could not be asked. */
  readonly error?: unknown
  readonly message?: string
}

const serious = ['high', 'critical']

/**
 * What known vulnerabilities mean: serious ones are problems, others are counted. A registry that does
 * not offer the audit is no problem of the code, but is said.
 */
export function judgeAudit(report: AuditReport): { summary: string; problems: string[] } {
  if (report.vulnerabilities === undefined) {
    const summary = 'Vulnerabilities NOT looked at: this registry does not offer the audit.'
    return { summary, problems: [] }
  }
  const found = Object.entries(report.vulnerabilities)
  const problems = found
    .filter(([, { severity }]) => serious.includes(severity))
    .map(([name, { severity, range }]) => `${name} ${range ?? ''}: a ${severity} vulnerability`)
  return { summary: `Known vulnerabilities in what is shipped: ${found.length}.`, problems }
}
