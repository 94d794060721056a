import { quantileOf } from './normal-distribution.ts'
import type { NomogramNorms, NomogramTable, Norms, RegressionNorms } from './norms.ts'

/** Facts about a person that norms need. */
export interface NormedPerson {
  readonly ageYears: number
  readonly sex: 'F' | 'M'
  /** Cubic millimetres; not needed for norms without head size. */
  readonly intracranialVolumeMm3: number | undefined
  /** Tesla; undefined counts as 3. */
  readonly fieldStrength?: number | undefined
}

/** Distribution of the volumes of one side among people like this one, on the norms' own scale. */
export interface VolumeDistribution {
  readonly medianMm3: number
  /** Volume at a z-score. */
  volumeAt(z: number): number
  /** z-score of a volume. */
  zOf(volumeMm3: number): number
  /** Change of the median with the intracranial volume, mm3 per mm3; 0 for norms without it. */
  readonly perIntracranialMm3: number
}

/** Halfway between the two field strengths in clinical use. */
const lowFieldBelow = 2

function regress(
  norms: RegressionNorms,
  side: 'left' | 'right',
  person: NormedPerson,
): VolumeDistribution {
  const c = norms.sides[side]
  const a = person.ageYears - norms.ageCenter
  const e = person.intracranialVolumeMm3! - norms.intracranialVolumeCenterMm3
  const m = person.sex === 'M' ? 1 : 0
  const f = (person.fieldStrength ?? 3) < lowFieldBelow ? 1 : 0
  const ofAge = c.age * a + c.age2 * a * a + c.age3 * a * a * a + c.ageMale * a * m
  const ofHead = c.icv * e + c.icv2 * e * e + c.icv3 * e * e * e
  const together = c.ageIcv * a * e + c.icvMale * e * m + c.icvLowField * e * f
  const medianMm3 = c.intercept + ofAge + ofHead + together
  return {
    medianMm3,
    volumeAt: (z) => medianMm3 + z * c.standardDeviation,
    zOf: (volume) => (volume - medianMm3) / c.standardDeviation,
    perIntracranialMm3:
      c.icv +
      2 * c.icv2 * e +
      3 * c.icv3 * e * e +
      c.ageIcv * a +
      c.icvMale * m +
      c.icvLowField * f,
  }
}

/** Linear interpolation of y at x through points with increasing x; extrapolates beyond the ends. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  const above = xs.findIndex((value) => value >= x)
  const upper = above === -1 ? xs.length - 1 : Math.max(1, above)
  const [x0, x1, y0, y1] = [xs[upper - 1]!, xs[upper]!, ys[upper - 1]!, ys[upper]!]
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
}

function readTable({ percentiles, rows }: NomogramTable, age: number): VolumeDistribution {
  const ages = rows.map((row) => row.age)
  const zs = percentiles.map((percent) => quantileOf(percent / 100))
  const volumes = percentiles.map((_, column) =>
    interpolate(
      ages,
      rows.map(({ volumesMm3 }) => volumesMm3[column]!),
      age,
    ),
  )
  return {
    medianMm3: interpolate(zs, volumes, 0),
    volumeAt: (z) => interpolate(zs, volumes, z),
    zOf: (volume) => interpolate(volumes, zs, volume),
    perIntracranialMm3: 0,
  }
}

function findTable(norms: NomogramNorms, side: 'left' | 'right', sex: 'F' | 'M') {
  return norms.tables.find((table) => table.sex === sex && table.side === side)
}

/**
 * Distribution of the volumes of a side among people like `person`, on the norms' own scale (mm3).
 * Undefined if a nomogram has no table for the sex and side. The caller must stay within the ranges
 * of the norms.
 */
export function expectVolume(
  norms: Norms,
  side: 'left' | 'right',
  person: NormedPerson,
): VolumeDistribution | undefined {
  if (norms.kind === 'regression') return regress(norms, side, person)
  const table = findTable(norms, side, person.sex)
  return table && readTable(table, person.ageYears)
}
