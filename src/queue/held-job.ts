import { HippoError } from '../errors.ts'
import type { Job } from './job.ts'
import type { WorkStore } from './job-store.ts'

/** A logger like pino's. Fields never contain a patient's name. */
export interface QueueLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Why a run was told to stop. */
export type Interruption = 'cancelled' | 'lease-lost' | 'stopping'

const reasons = {
  cancelled: () => new HippoError('JOB_CANCELLED', 'The job was cancelled.'),
  'lease-lost': () =>
    new HippoError('LEASE_LOST', 'This worker no longer holds the lease of the job.'),
  stopping: () =>
    new HippoError('LEASE_LOST', 'The service is stopping; the job returns to the queue.'),
} as const

/** Heartbeats per lease; after this many consecutive failures the lease has expired. */
const beatsPerLease = 3

/** A claimed job while it runs: renews its lease and signals its run to stop. */
export class HeldJob {
  readonly job: Job
  readonly owner: string
  readonly #store: WorkStore
  readonly #leaseMilliseconds: number
  readonly #log: QueueLog
  readonly #controller = new AbortController()
  #interruption: Interruption | undefined
  #timer: NodeJS.Timeout | undefined
  #failedBeats = 0
  #ended = false

  constructor(
    job: Job,
    owner: string,
    options: { store: WorkStore; leaseMilliseconds: number; log: QueueLog },
  ) {
    this.job = job
    this.owner = owner
    this.#store = options.store
    this.#leaseMilliseconds = options.leaseMilliseconds
    this.#log = options.log
    this.#schedule()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get interruption(): Interruption | undefined {
    return this.#interruption
  }

  /** Signals the run to stop; the first reason counts, but a lost lease overrides it. */
  interrupt(interruption: Interruption): void {
    if (this.#interruption === undefined || interruption === 'lease-lost') {
      this.#interruption = interruption
    }
    this.#controller.abort(reasons[interruption]())
  }

  /** Renews the lease now and checks whether a cancel was requested. Never throws. */
  async beat(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      const { job, owner } = this
      const beat = await this.#store.heartbeat(job.id, owner, this.#leaseMilliseconds)
      this.#failedBeats = 0
      if (beat.cancelRequested) this.interrupt('cancelled')
    } catch (error) {
      this.#failedBeats += 1
      const lost = error instanceof HippoError && error.code === 'LEASE_LOST'
      if (!this.#ended) {
        this.#log.warn({ err: error, jobId: this.job.id }, 'The lease could not be renewed.')
        if (lost || this.#failedBeats >= beatsPerLease) this.interrupt('lease-lost')
      }
    }
    this.#schedule()
  }

  /** Stops the heartbeat when the job has reached its final state. */
  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#ended || this.#interruption === 'lease-lost') return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.beat(), this.#leaseMilliseconds / beatsPerLease)
  }
}
