import { createHash } from 'node:crypto'
import type { Norms } from '../measurement/norms/norms.ts'
import type { SeriesFacts } from '../selection/series-facts.ts'

function digestLines(lines: readonly string[]): string {
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex')
}

function instanceLines(series: SeriesFacts): string[] {
  return series.instances.map(({ sopInstanceUid, revision }) => `${sopInstanceUid} ${revision}`)
}

/**
 * Digest of one series' instances as the archive lists them; changes when one is added, removed or
 * replaced.
 */
export function fingerprintSeries(series: SeriesFacts): string {
  return digestLines(instanceLines(series))
}

/** The same over all source series of a study; our own results do not count. */
export function fingerprintStudy(series: readonly SeriesFacts[]): string {
  return digestLines(series.filter((one) => !one.isOwnResult).flatMap(instanceLines))
}

/** Digest of the norms, so that different norms make a new result. */
export function digestNorms(norms: Norms): string {
  return createHash('sha256').update(JSON.stringify(norms)).digest('hex').slice(0, 16)
}

/** Digest of the settings that shape a result, so that a changed setting makes a new one. */
export function digestSettings(
  settings: Readonly<Record<string, string | number | boolean>>,
): string {
  return digestLines(Object.entries(settings).map(([name, value]) => `${name}=${value}`)).slice(
    0,
    16,
  )
}
