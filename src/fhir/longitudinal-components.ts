import { codes } from '../dicom/codes.ts'
import type { LongitudinalChange } from '../measurement/longitudinal-change.ts'
import { concept, quantity } from './codings.ts'

const bodySites = {
  left: 'left hippocampus',
  right: 'right hippocampus',
  both: 'both hippocampi',
} as const

/** What Observations of the change since an earlier study say, one for each side and one for both. */
export function describeChanges(change: LongitudinalChange | undefined) {
  return (change?.sides ?? []).map(
    ({ side, percent, lower, upper, percentPerYear, lowerPerYear, upperPerYear }) => ({
      name: `change ${side}`,
      content: {
        code: concept(codes.volumeChange),
        bodySite: concept(codes.hippocampus, bodySites[side]),
        valueQuantity: quantity(percent, '%', '%', 2),
        component: [
          part('Lower end of the 95 % interval', lower),
          part('Upper end of the 95 % interval', upper),
          ...(percentPerYear === undefined ? [] : [part('Change a year', percentPerYear, '%/a')]),
          ...(lowerPerYear === undefined ? [] : [part('Lower end a year', lowerPerYear, '%/a')]),
          ...(upperPerYear === undefined ? [] : [part('Upper end a year', upperPerYear, '%/a')]),
          part('Time between the studies', change!.years, 'a'),
          {
            code: concept(codes.studyInstanceUid, 'Earlier study'),
            valueString: `urn:oid:${change!.studyInstanceUid}`,
          },
        ],
      },
    }),
  )
}

const part = (text: string, value: number, unit = '%') => ({
  code: { text },
  valueQuantity: quantity(value, unit, unit, 2),
})
