import type { JobStore } from '../queue/job-store.ts'
import type { Backfill } from './backfill.ts'

export type MarkStore = Pick<JobStore, 'readMark' | 'listMarks' | 'swapMark' | 'deleteMark'>

/** The store of backfills: marks of the queue, which every process sees. */
export interface BackfillMarks {
  /** All of them, the newest first. */
  list(): Promise<readonly Backfill[]>
  find(id: string): Promise<Backfill | undefined>
  add(backfill: Backfill): Promise<void>
  /**
   * Changes the current state of a backfill, retries after a concurrent change, and returns the
   * stored state. Returns undefined if `change` does so to leave it unchanged, or if there is no
   * such backfill.
   */
  change(
    id: string,
    change: (backfill: Backfill) => Backfill | undefined,
  ): Promise<Backfill | undefined>
  remove(id: string): Promise<void>
}

const prefix = 'backfill/'

/** Marks are trusted: only this module writes them. */
const parse = (value: string) => JSON.parse(value) as Backfill

export function openBackfillMarks(store: MarkStore): BackfillMarks {
  return {
    async list() {
      const backfills = (await store.listMarks(prefix)).map(({ value }) => parse(value))
      return backfills.toSorted((a, b) => b.createdAt - a.createdAt)
    },
    async find(id) {
      const value = await store.readMark(prefix + id)
      return value === undefined ? undefined : parse(value)
    },
    async add(backfill) {
      await store.swapMark(prefix + backfill.id, undefined, JSON.stringify(backfill))
    },
    async change(id, change) {
      for (;;) {
        const value = await store.readMark(prefix + id)
        const changed = value === undefined ? undefined : change(parse(value))
        if (value === undefined || changed === undefined) return undefined
        const isKept = await store.swapMark(prefix + id, value, JSON.stringify(changed))
        if (isKept) return changed
      }
    },
    remove: (id) => store.deleteMark(prefix + id),
  }
}
