/** The used part of the output of `npm audit --json`. */
export interface AuditReport {
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly range?: string }>
  >
  /** Present if the registry was not reachable. */
  readonly error?: unknown
  readonly message?: string
}

const serious = ['high', 'critical']

/**
 * Evaluates known vulnerabilities: serious ones are problems, others are counted. A registry
 * without the audit is not a problem of the code, but is reported.
 */
export function judgeAudit(report: AuditReport): { summary: string; problems: string[] } {
  if (report.vulnerabilities === undefined) {
    const summary = 'Vulnerabilities NOT checked: this registry does not offer the audit.'
    return { summary, problems: [] }
  }
  const found = Object.entries(report.vulnerabilities)
  const problems = found
    .filter(([, { severity }]) => serious.includes(severity))
    .map(([name, { severity, range }]) => `${name} ${range ?? ''}: a ${severity} vulnerability`)
  return { summary: `Known vulnerabilities in what is shipped: ${found.length}.`, problems }
}
