import type { Side } from './hippocampus-volumes.ts'

/** What a hippocampus is called inside a sentence. */
export function nameHippocampus(side: Side): string {
  return side === 'unknown' ? 'hippocampus' : `${side} hippocampus`
}
