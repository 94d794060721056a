import type { ErrorCode, HippoError } from '../errors.ts'
import type { QueueLog } from './held-job.ts'

/** Errors that mean that no study can succeed at the moment. */
const certain: readonly ErrorCode[] = [
  'ARCHIVE_FULL',
  'ARCHIVE_READ_ONLY',
  'ARCHIVE_UNAUTHORIZED',
  'DISK_FULL',
  'DISK_LOW',
]
/**
 * Errors that may concern a single study: they count as an outage if a check of the dependency
 * fails, too.
 */
const suspect: readonly ErrorCode[] = ['ARCHIVE_UNREACHABLE', 'ARCHIVE_TIMEOUT', 'ARCHIVE_FAILED']

export interface OutageWatch {
  /** Whether an attempt failed because a dependency of all jobs is down. Never throws. */
  isOutage(error: HippoError): Promise<boolean>
  /** Whether a job may start: not while a dependency is down, except occasional probes. */
  mayClaim(): Promise<boolean>
  /** Reports a completed attempt: nothing is down. */
  noteSuccess(): void
  /** Throws the error behind the outage while there is one. */
  check(): Promise<void>
}

export interface OutageOptions {
  /** Checks whether the dependencies respond; throws if they do not. */
  readonly probe: () => Promise<unknown>
  /** Milliseconds of any fixed origin. */
  readonly monotonicClock: () => number
  /** First and longest wait between two checks of a failed dependency; it doubles each time. */
  readonly baseMilliseconds: number
  readonly maximumMilliseconds: number
  readonly log: Pick<QueueLog, 'info' | 'warn'>
}

interface Outage {
  readonly error: HippoError
  readonly waitMilliseconds: number
  /** When the next check is due. */
  readonly until: number
}

/** An outage is over if it has not recurred for this long after its next check was due. */
const forgottenMilliseconds = 600_000

/** Monitors the dependencies of all jobs, so that an outage does not use up attempts. */
export function watchOutages(options: OutageOptions): OutageWatch {
  const { probe, monotonicClock, baseMilliseconds, maximumMilliseconds, log } = options
  let outage: Outage | undefined

  const isAnswering = () =>
    probe().then(
      () => true,
      () => false,
    )

  function begin(error: HippoError): void {
    const before = outage?.waitMilliseconds
    const doubled = before === undefined ? baseMilliseconds : before * 2
    const waitMilliseconds = Math.min(maximumMilliseconds, doubled)
    if (outage === undefined) {
      const { code } = error
      log.warn({ code }, `Jobs wait and keep their attempts until this is over: ${error.message}`)
    }
    outage = { error, waitMilliseconds, until: monotonicClock() + waitMilliseconds }
  }

  function end(): void {
    if (outage !== undefined)
      log.info({ code: outage.error.code }, 'The outage is over; jobs resume.')
    outage = undefined
  }

  return {
    async isOutage(error) {
      const isCertain = certain.includes(error.code) || error.details?.isOutage === true
      const isDown = isCertain || (suspect.includes(error.code) && !(await isAnswering()))
      if (isDown) begin(error)
      return isDown
    },
    async mayClaim() {
      if (outage === undefined) return true
      const { error, waitMilliseconds, until } = outage
      if (monotonicClock() < until) return false
      // Others wait during this check, and while the probe job runs.
      outage = { error, waitMilliseconds, until: monotonicClock() + waitMilliseconds }
      if (!(await isAnswering())) {
        begin(error)
        return false
      }
      // Only storing shows whether there is space again; any response shows that the archive is up.
      if (suspect.includes(error.code) || error.details?.isOutage === true) end()
      return true
    },
    noteSuccess: end,
    async check() {
      if (outage === undefined) return
      if (monotonicClock() > outage.until + forgottenMilliseconds) end()
      else throw outage.error
    },
  }
}
