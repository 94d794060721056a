import type { Archive } from '../archive/archive.ts'
import { inSpan, noTracing, type Tracing } from './tracing.ts'

type Call = (...parameters: unknown[]) => Promise<unknown>

/** The same archive, each of whose calls is a span. */
export function traceArchive(archive: Archive, tracing: Tracing): Archive {
  if (tracing === noTracing) return archive
  const calls = Object.entries(archive).map(([name, call]: [string, Call]) => [
    name,
    name === 'close'
      ? call
      : (...parameters: unknown[]) =>
          inSpan(tracing, `archive.${name}`, {}, () => call(...parameters), { kind: 'client' }),
  ])
  return Object.fromEntries(calls) as Archive
}
