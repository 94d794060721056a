import type { Side } from './hippocampus-volumes.ts'

/** What a hippocampus is called inside a sentence; `unknown` is its name where the side is not known. */
export function nameHippocampus(side: Side, unknown = 'hippocampus'): string {
  return side === 'unknown' ? unknown : `${side} hippocampus`
}
