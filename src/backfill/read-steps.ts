import type { Archive } from '../archive/archive.ts'
import type { Backfill } from './backfill.ts'
import { createStudyWalk, type StudyWalk, type WalkPlace, type WalkStep } from './walk-studies.ts'

/** State that a driver keeps between turns; losing it does no harm. */
interface Drive {
  readonly walk: StudyWalk
  steps: readonly WalkStep[]
  /** The position of the first step, and the one after the last. */
  from: WalkPlace | undefined
  next: WalkPlace | undefined
  /** Monotonic time up to which its duration has been counted. */
  counted: number
}

/** Reads the walks of backfills page by page. */
export interface StepReader {
  /** The next step after a position; only a position if the page had no study; undefined at the end. */
  next(
    backfill: Backfill,
    place: WalkPlace,
    signal: AbortSignal,
  ): Promise<{ step?: WalkStep; next: WalkPlace } | undefined>
  /** Milliseconds since the last call for this backfill, or since its first step. */
  takeWorked(backfill: Backfill): number
  drop(id: string): void
  /** Drops all backfills except these. */
  keepOnly(ids: ReadonlySet<string>): void
}

const isSame = (one: WalkPlace | undefined, other: WalkPlace | undefined) =>
  one?.at === other?.at && one?.after === other?.after

/** `monotonicClock` returns milliseconds of any fixed origin. */
export function createStepReader(
  archive: Pick<Archive, 'listStudies'>,
  monotonicClock: () => number,
): StepReader {
  const drives = new Map<string, Drive>()

  function driveOf({ id, query, until }: Backfill): Drive {
    const known = drives.get(id)
    if (known) return known
    const list = (studies: Parameters<Archive['listStudies']>[0], signal?: AbortSignal) =>
      archive.listStudies(studies, { signal })
    const walk = createStudyWalk({ query, until, list })
    const counted = monotonicClock()
    const drive: Drive = { walk, steps: [], from: undefined, next: undefined, counted }
    drives.set(id, drive)
    return drive
  }

  return {
    async next(backfill, place, signal) {
      const drive = driveOf(backfill)
      if (!isSame(drive.from, place)) {
        const page = await drive.walk.read(place, signal)
        if (page === undefined) return undefined
        drive.steps = page.steps
        drive.next = page.next
      }
      const [step, ...others] = drive.steps
      if (step === undefined) return { next: drive.next! }
      drive.steps = others
      drive.from = step.next
      return { step, next: step.next }
    },
    takeWorked(backfill) {
      const drive = driveOf(backfill)
      const worked = monotonicClock() - drive.counted
      drive.counted += worked
      return worked
    },
    drop: (id) => void drives.delete(id),
    keepOnly(ids) {
      for (const id of drives.keys()) if (!ids.has(id)) drives.delete(id)
    },
  }
}
