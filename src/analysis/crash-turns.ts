import { HippoError } from '../errors.ts'

/** Which jobs may run concurrently after the process has crashed. */
export interface CrashTurns {
  /** Resolves when the job may begin; the returned function must be called when it has ended. */
  enter(jobId: string): Promise<() => void>
  /**
   * Attributes a crash to its job: a job that ran alone caused it. Among several the cause is
   * unknown: none is charged (details.isOutage), and each runs alone until it ends in another way.
   */
  judge(error: unknown, jobId: string): unknown
}

const isCrash = (error: unknown): error is HippoError =>
  error instanceof HippoError &&
  error.code === 'ANALYSIS_CRASHED' &&
  error.details?.isOutage !== true

/**
 * Keeps a job that crashes the process from using up the attempts of concurrent jobs. Turns are
 * taken in order: a job that must run alone waits for those before it, and those after it wait for
 * it.
 */
export function createCrashTurns(): CrashTurns {
  const running = new Set<string>()
  const suspects = new Set<string>()
  /** Jobs that ran concurrently with another when the process crashed. */
  const crashedTogether = new Set<string>()
  let waiting: { readonly jobId: string; readonly begin: () => void }[] = []

  function beginNext(): void {
    for (;;) {
      const [next] = waiting
      const isAloneNow = [...running].some((id) => suspects.has(id))
      if (next === undefined || isAloneNow) return
      if (suspects.has(next.jobId) && running.size > 0) return
      waiting = waiting.slice(1)
      running.add(next.jobId)
      next.begin()
    }
  }

  return {
    async enter(jobId) {
      await new Promise<void>((begin) => {
        waiting.push({ jobId, begin })
        beginNext()
      })
      return () => {
        running.delete(jobId)
        beginNext()
      }
    },
    judge(error, jobId) {
      if (!isCrash(error)) {
        suspects.delete(jobId)
        return error
      }
      // When the first of them fails, the others still count as running.
      if (running.size > 1) for (const id of running) crashedTogether.add(id)
      if (!crashedTogether.delete(jobId)) return error
      suspects.add(jobId)
      return new HippoError(error.code, error.message, { details: { isOutage: true } })
    },
  }
}
