import { Type } from 'typebox'

const percent = Type.Number({
  description: 'Per cent of the volume in the earlier study; loss is negative.',
})
const perYear = Type.Optional(
  Type.Number({ description: 'The same per year; absent below half a year.' }),
)

/** The change measured image against image since an earlier study. */
export const longitudinalChange = Type.Object(
  {
    studyInstanceUid: Type.String({ description: 'DICOM UID of the earlier study.' }),
    studyDate: Type.String({ description: 'YYYYMMDD.' }),
    years: Type.Number({ description: 'Years between the studies.' }),
    sides: Type.Array(
      Type.Object(
        {
          side: Type.Enum(['left', 'right', 'both']),
          percent,
          lower: Type.Number({ description: '95 % interval, from the error of repeated scans.' }),
          upper: Type.Number(),
          percentPerYear: perYear,
          lowerPerYear: perYear,
          upperPerYear: perYear,
        },
        { additionalProperties: true },
      ),
      { description: 'Empty if the change could not be measured this way.' },
    ),
    reason: Type.Optional(
      Type.String({ description: 'The reason, a code such as MOTION or NOT_ALIKE.' }),
    ),
    sentence: Type.String(),
  },
  {
    description:
      'Change since the oldest comparable study, measured image against image in the half-way space of both.',
    additionalProperties: true,
  },
)
