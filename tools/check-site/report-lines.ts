/** Prints the expected and the actual outcome, one line each, and counts differences. */
export interface ReportLines {
  expect(what: string, expected: unknown, got: unknown): void
  /** Prints what nothing was expected of. */
  tell(what: string): void
  /** Lines so far whose answer was another than expected. */
  readonly differing: number
}

export function createReport(write: (line: string) => void): ReportLines {
  let differing = 0
  return {
    expect(what, expected, got) {
      const isAsExpected = JSON.stringify(expected) === JSON.stringify(got)
      if (!isAsExpected) differing += 1
      const verdict = isAsExpected ? 'ok     ' : 'DIFFERS'
      write(
        `${verdict} ${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}\n`,
      )
    },
    tell: (what) => write(`        ${what}\n`),
    get differing() {
      return differing
    },
  }
}
