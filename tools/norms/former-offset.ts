import { expectVolume, type NormedPerson } from '../../src/measurement/norms/expected-volume.ts'
import type { RegressionNorms } from '../../src/measurement/norms/norms.ts'

/** The calibration shipped with model 0.2.0: one ratio, and a scatter that widened the norms. */
const former = { ratio: 0.81, relativeScatter: 0.065 }

/** z-score with the former offset, for comparison. */
export function formerScore(
  norms: RegressionNorms,
  side: 'left' | 'right',
  person: NormedPerson,
  volumeMm3: number,
): number {
  const expected = expectVolume(norms, side, person)!
  const deviation = expected.volumeAt(1) - expected.medianMm3
  const spread = Math.hypot(deviation, former.relativeScatter * expected.medianMm3)
  return (volumeMm3 / former.ratio - expected.medianMm3) / spread
}
