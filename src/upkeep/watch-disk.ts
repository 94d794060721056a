import { statfs } from 'node:fs/promises'
import { HippoError } from '../errors.ts'
import type { WorkStore } from '../queue/job-store.ts'

export interface DiskWatch {
  /** Throws DISK_LOW if less than the required space is free. */
  check(): Promise<void>
  /** The same as a boolean, cached for a few seconds. */
  hasRoom(): Promise<boolean>
}

export interface DiskWatchOptions {
  readonly folder: string
  readonly minimumMegabytes: number
  /** Milliseconds of any fixed origin. */
  readonly monotonicClock: () => number
  /** Free bytes on the disk of a folder for an ordinary user. */
  readonly measure?: (folder: string) => Promise<number>
  readonly log: { warn(facts: object, message: string): void }
}

const megabyte = 1e6
const patience = 5_000

async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** Monitors the free space of queue and pages, so that work stops before the queue cannot write. */
export function watchDisk(options: DiskWatchOptions): DiskWatch {
  const { folder, minimumMegabytes, monotonicClock, log } = options
  const measure = options.measure ?? readFreeBytes
  let known: { readonly at: number; readonly hasRoom: boolean } | undefined

  async function check(): Promise<void> {
    if (minimumMegabytes === 0) return
    const free = Math.floor((await measure(folder)) / megabyte)
    if (free >= minimumMegabytes) return
    throw new HippoError(
      'DISK_LOW',
      `Only ${free} MB are free on the disk of the service, less than the ${minimumMegabytes} MB required by MIN_FREE_DISK_MB. Jobs wait until there is space.`,
      { details: { freeMegabytes: free, minimumMegabytes } },
    )
  }

  return {
    check,
    async hasRoom() {
      const now = monotonicClock()
      if (known !== undefined && now - known.at < patience) return known.hasRoom
      let hasRoom = true
      try {
        await check()
      } catch (error) {
        hasRoom = !(error instanceof HippoError && error.code === 'DISK_LOW')
        if (known?.hasRoom !== hasRoom) log.warn({ err: error }, 'The disk was checked.')
      }
      known = { at: now, hasRoom }
      return hasRoom
    },
  }
}

/** A store that claims no new jobs while they are blocked; everything else works. */
export function holdBack(store: WorkStore, mayClaim: () => Promise<boolean>): WorkStore {
  return {
    claim: async (owner, lease) => ((await mayClaim()) ? store.claim(owner, lease) : undefined),
    heartbeat: (jobId, owner, lease) => store.heartbeat(jobId, owner, lease),
    assignRunNumber: (jobId, owner, number) => store.assignRunNumber(jobId, owner, number),
    finish: (jobId, owner, ending, timings) => store.finish(jobId, owner, ending, timings),
    retryLater: (jobId, owner, error, time, isFree) =>
      store.retryLater(jobId, owner, error, time, isFree),
    release: (jobId, owner) => store.release(jobId, owner),
  }
}
