import type { Calibration } from '../../src/measurement/norms/calibration.ts'
import type { CalibrationPerson } from '../../src/measurement/norms/calibration-person.ts'
import { expectVolume } from '../../src/measurement/norms/expected-volume.ts'
import type { RegressionNorms } from '../../src/measurement/norms/norms.ts'
import { type PlacedVolume, placeVolume } from '../../src/measurement/norms/place-volume.ts'
import { formerScore } from './former-offset.ts'

/** One side of one person by a calibration without their site, and by the former offset. */
export interface ScoredSide extends PlacedVolume {
  readonly formerZ: number
  readonly parts: { readonly anterior: PlacedVolume; readonly posterior: PlacedVolume }
}

export interface ScoredPerson {
  readonly person: CalibrationPerson
  readonly left: ScoredSide
  readonly right: ScoredSide
}

/** Places people by a calibration; `icvError` is the standard error of a head size, as a part of it. */
export function scorePeople(
  people: readonly CalibrationPerson[],
  calibration: Calibration,
  norms: RegressionNorms,
  icvError: (person: CalibrationPerson) => number,
): ScoredPerson[] {
  return people.map((person) => {
    const scoreSide = (side: 'left' | 'right'): ScoredSide => {
      const asked = { ...person, intracranialVolumeMm3: person.icvMm3 }
      const expected = expectVolume(norms, side, asked)!
      const place = (volumeMm3: number, fit: Calibration['whole']) =>
        placeVolume(volumeMm3, expected, calibration, fit, { ...asked, side }, icvError(person))
      const { totalMm3, anteriorMm3, posteriorMm3 } = person[side]
      return {
        ...place(totalMm3, calibration.whole),
        formerZ: formerScore(norms, side, asked, totalMm3),
        parts: {
          anterior: place(anteriorMm3, calibration.parts!.anterior),
          posterior: place(posteriorMm3, calibration.parts!.posterior),
        },
      }
    }
    return { person, left: scoreSide('left'), right: scoreSide('right') }
  })
}
