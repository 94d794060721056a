import { HippoError } from '../errors.ts'

/** Who may run in the process beside whom, after it has crashed. */
export interface CrashTurns {
  /** Resolves when the job may begin; the returned function must be called when it has ended. */
  enter(jobId: string): Promise<() => void>
  /**
   * What an error says of its job: one that was alone when the process crashed did it. Of several nobody
   * knows which: none is blamed (details.isOutage), and each runs alone from then on until it ends otherwise.
   */
  judge(error: unknown, jobId: string): unknown
}

const isCrash = (error: unknown): error is HippoError =>
  error instanceof HippoError &&
  error.code === 'ANALYSIS_CRASHED' &&
  error.details?.isOutage !== true

/**
 * Keeps a job that crashes the process from taking the attempts of those beside it. Turns are taken in
 * order: one that has to be alone waits for those before it, and those after it wait for it.
 */
export function createCrashTurns(): CrashTurns {
  const running = new Set<string>()
  const suspects = new Set<string>()
  /** Jobs that were beside another when the process they run in crashed. */
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
      // The first of those that crashed together still finds the others running.
      if (running.size > 1) for (const id of running) crashedTogether.add(id)
      if (!crashedTogether.delete(jobId)) return error
      suspects.add(jobId)
      return new HippoError(error.code, error.message, { details: { isOutage: true } })
    },
  }
}
