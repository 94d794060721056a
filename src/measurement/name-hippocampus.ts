import type { Side } from './hippocampus-volumes.ts'

/** Name of a hippocampus within a sentence; `unknown` is its name if the side is unknown. */
export function nameHippocampus(side: Side, unknown = 'hippocampus'): string {
  return side === 'unknown' ? unknown : `${side} hippocampus`
}
