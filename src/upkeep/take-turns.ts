/** Named values that all processes share, with an atomic compare-and-set. */
export interface SharedMarks {
  readMark(name: string): Promise<string | undefined>
  swapMark(name: string, expected: string | undefined, value: string): Promise<boolean>
}

export interface TurnOptions {
  readonly marks: SharedMarks
  /** Name of the mark that records whose turn it is. */
  readonly name: string
  /** Names this process and no other. */
  readonly owner: string
  /** Lease of a turn, after which others may take it from a dead process. */
  readonly leaseMilliseconds: number
  /** Minimum time between the end of a turn and the next one of another process. */
  readonly restMilliseconds: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Whose turn it is, since when (epoch milliseconds) and for how long. */
interface Turn {
  readonly owner: string
  readonly at: number
  readonly milliseconds: number
}

/** A turn that lies in the future counts as over: a clock that was set back must not block all processes. */
function isOver({ at, milliseconds }: Turn, now: number): boolean {
  return now >= at + milliseconds || now < at
}

/**
 * Wraps a task so that only one process at a time runs it: returns undefined during or shortly
 * after another process's turn. The task gets a signal that is aborted if the turn is lost (this
 * process stalled for longer than its lease).
 */
export function takeTurns<T>(
  task: (signal: AbortSignal) => Promise<T>,
  { marks, name, owner, leaseMilliseconds, restMilliseconds, now }: TurnOptions,
): () => Promise<T | undefined> {
  const say = (milliseconds: number) =>
    JSON.stringify({ owner, at: now(), milliseconds } satisfies Turn)
  return async () => {
    const found = await marks.readMark(name)
    const turn = found === undefined ? undefined : (JSON.parse(found) as Turn)
    // An earlier turn of this process is over, otherwise it would not call again.
    if (turn !== undefined && turn.owner !== owner && !isOver(turn, now())) return undefined
    let mine = say(leaseMilliseconds)
    if (!(await marks.swapMark(name, found, mine))) return undefined
    const lost = new AbortController()
    let renewing = Promise.resolve()
    async function renew(milliseconds: number): Promise<void> {
      const next = say(milliseconds)
      if (await marks.swapMark(name, mine, next)) mine = next
      else lost.abort()
    }
    const timer = setInterval(() => {
      // The next renewal compensates a failed one; if all fail, another process takes the turn.
      renewing = renewing.then(() => renew(leaseMilliseconds)).catch(() => {})
    }, leaseMilliseconds / 3)
    try {
      return await task(lost.signal)
    } finally {
      clearInterval(timer)
      await renewing
      if (!lost.signal.aborted) await renew(restMilliseconds).catch(() => {})
    }
  }
}
