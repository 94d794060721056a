/** Progress of a command: a line on standard error, so that standard output contains only data. */
export interface Progress {
  /** Shows the progress and result of a counted step; rewrites its line on a terminal. */
  count(what: string, done: number, total: number, outcome?: string): void
  say(line: string): void
}

/** Progress on a stream; nothing at all when quiet. */
export function createProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  let open = false
  const finishLine = () => {
    if (open) stream.write('\n')
    open = false
  }
  return {
    count(what, done, total, outcome) {
      if (quiet) return
      const isLast = done === total
      if (!stream.isTTY && !isLast) return
      const told = outcome ? ` (${outcome})` : ''
      stream.write(`${stream.isTTY ? '\r' : ''}${what}: ${done} of ${total}${told}`)
      open = true
      if (isLast) finishLine()
    },
    say(line) {
      if (quiet) return
      finishLine()
      stream.write(`${line}\n`)
    },
  }
}
