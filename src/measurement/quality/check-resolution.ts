import type { QualityFinding } from '../quality-finding.ts'

const warnFromMm = 1.6
const rejectAboveMm = 2
/** 2 mm written with rounding is 2 mm. */
const tolerance = 0.005

/** Whether the voxels are small enough; `spacingMm` are their three sides. */
export function checkResolution(spacingMm: readonly number[]): QualityFinding {
  const longest = Math.max(...spacingMm)
  const verdict =
    longest > rejectAboveMm + tolerance
      ? 'rejected'
      : longest >= warnFromMm - tolerance
        ? 'warning'
        : 'measured'
  const size = `The voxels are ${spacingMm.map((mm) => Number(mm.toFixed(2))).join(' x ')} mm`
  return {
    check: 'RESOLUTION',
    verdict,
    sentence:
      verdict === 'measured'
        ? `${size}.`
        : verdict === 'warning'
          ? `${size}, which is coarse for a hippocampus: the volumes are less certain than at 1 mm.`
          : `${size}; a hippocampus needs ${rejectAboveMm} mm or less.`,
    value: longest,
    limit: rejectAboveMm,
  }
}
