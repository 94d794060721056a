import { type Code, codes } from '../dicom/codes.ts'
import type { LongitudinalChange } from '../measurement/longitudinal-change.ts'
import { concept, ownConcept, quantity } from './codings.ts'

const bodySites = {
  left: 'left hippocampus',
  right: 'right hippocampus',
  both: 'both hippocampi',
} as const

/**
 * The content of Observations of the change since an earlier study, one for each side and one for
 * both.
 */
export function describeChanges(change: LongitudinalChange | undefined) {
  return (change?.sides ?? []).map(
    ({ side, percent, lower, upper, percentPerYear, lowerPerYear, upperPerYear }) => ({
      name: `change ${side}`,
      content: {
        code: own(codes.volumeChange),
        bodySite: concept(codes.hippocampus, bodySites[side]),
        valueQuantity: quantity(percent, '%', '%', 2),
        component: [
          part(codes.intervalLower, lower),
          part(codes.intervalUpper, upper),
          ...(percentPerYear === undefined ||
          lowerPerYear === undefined ||
          upperPerYear === undefined
            ? []
            : [
                part(codes.volumeChangePerYear, percentPerYear, '%/a'),
                part(codes.intervalLower, lowerPerYear, '%/a'),
                part(codes.intervalUpper, upperPerYear, '%/a'),
              ]),
          part(codes.timeBetween, change!.years, 'a'),
          {
            code: concept(codes.studyInstanceUid, 'Earlier study'),
            valueString: `urn:oid:${change!.studyInstanceUid}`,
          },
        ],
      },
    }),
  )
}

const own = ({ value, meaning }: Code) => ownConcept(value, meaning)

const part = (name: Code, value: number, unit = '%') => ({
  code: own(name),
  valueQuantity: quantity(value, unit, unit, 2),
})
