import type { ErrorCode, HippoError } from '../errors.ts'
import type { QueueLog } from './held-job.ts'

/** Errors that say by themselves that nothing of this kind can succeed now, whatever the study. */
const certain: readonly ErrorCode[] = [
  'ARCHIVE_FULL',
  'ARCHIVE_READ_ONLY',
  'ARCHIVE_UNAUTHORIZED',
  'DISK_FULL',
  'DISK_LOW',
]
/** Errors that may be one study's own: they count as an outage where a look at the dependency fails, too. */
const suspect: readonly ErrorCode[] = ['ARCHIVE_UNREACHABLE', 'ARCHIVE_TIMEOUT', 'ARCHIVE_FAILED']

export interface OutageWatch {
  /** Whether an attempt failed because something that every job needs is down. Never throws. */
  isOutage(error: HippoError): Promise<boolean>
  /** Whether a job may be begun: not while something is down, but one now and then to see whether it still is. */
  mayClaim(): Promise<boolean>
  /** An attempt came through to the end: nothing is down. */
  noteSuccess(): void
  /** Throws the error behind the outage while there is one. */
  check(): Promise<void>
}

export interface OutageOptions {
  /** Looks whether the dependencies answer; throws where they do not. */
  readonly probe: () => Promise<unknown>
  /** Milliseconds of any fixed origin. */
  readonly monotonicClock: () => number
  /** First and longest wait between two looks at something that is down; it doubles each time. */
  readonly baseMilliseconds: number
  readonly maximumMilliseconds: number
  readonly log: Pick<QueueLog, 'info' | 'warn'>
}

interface Outage {
  readonly error: HippoError
  readonly waitMilliseconds: number
  /** When the next look is due. */
  readonly until: number
}

/** An outage that nobody has met again for so long after its next look was due is over. */
const forgottenMilliseconds = 600_000

/** Watches over what every job needs, so that an outage costs no job its attempts. */
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
      // Others wait while this one looks, and while the job that is let through is worked on.
      outage = { error, waitMilliseconds, until: monotonicClock() + waitMilliseconds }
      if (!(await isAnswering())) {
        begin(error)
        return false
      }
      // Only storing again shows whether there is room again; any response shows that the archive is up.
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
