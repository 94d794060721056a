import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { HippoError, type Stage } from '../errors.ts'

const tags = Type.Record(Type.String(), Type.Unknown())

/** The parts of Orthanc's responses that are used here; everything else in them is ignored. */
export const systemAnswer = Type.Object({
  Version: Type.String(),
  Name: Type.Optional(Type.String()),
  /** Since Orthanc 1.12.5. */
  ReadOnly: Type.Optional(Type.Boolean()),
})
export const labelsAnswer = Type.Array(Type.String())
export const pluginsAnswer = Type.Array(Type.String())
export const lookupAnswer = Type.Array(Type.Object({ ID: Type.String(), Type: Type.String() }))
export const studyAnswer = Type.Object({
  ID: Type.String(),
  IsStable: Type.Boolean(),
  LastUpdate: Type.String(),
  MainDicomTags: Type.Object({
    StudyInstanceUID: Type.String(),
    StudyDate: Type.Optional(Type.String()),
    StudyTime: Type.Optional(Type.String()),
    StudyDescription: Type.Optional(Type.String()),
    AccessionNumber: Type.Optional(Type.String()),
  }),
  PatientMainDicomTags: Type.Optional(Type.Object({ PatientID: Type.Optional(Type.String()) })),
})
/** A study found by its patient (tools/find). */
export const patientStudiesAnswer = Type.Array(
  Type.Object({
    ID: Type.String(),
    MainDicomTags: Type.Object({
      StudyInstanceUID: Type.String(),
      StudyDate: Type.Optional(Type.String()),
      StudyTime: Type.Optional(Type.String()),
    }),
    PatientMainDicomTags: Type.Object({ PatientID: Type.Optional(Type.String()) }),
  }),
)
/** The same without their content. */
export const studyIdsAnswer = Type.Array(Type.String())
/** Responses of QIDO-RS in the DICOM JSON model (PS3.18 F.2). */
export const qidoAnswer = Type.Array(
  Type.Record(Type.String(), Type.Object({ Value: Type.Optional(Type.Array(Type.Unknown())) })),
)
export const studiesAnswer = Type.Array(studyAnswer)
/**
 * Studies with the facts about study and patient that a list of results needs (tools/bulk-content).
 */
export const describedStudiesAnswer = Type.Array(
  Type.Object({
    ID: Type.String(),
    IsStable: Type.Boolean(),
    MainDicomTags: Type.Object({
      StudyInstanceUID: Type.String(),
      StudyDate: Type.Optional(Type.String()),
      StudyDescription: Type.Optional(Type.String()),
    }),
    PatientMainDicomTags: Type.Object({
      PatientID: Type.Optional(Type.String()),
      PatientBirthDate: Type.Optional(Type.String()),
      PatientSex: Type.Optional(Type.String()),
    }),
  }),
)
export const describedSeriesAnswer = Type.Array(
  Type.Object({
    MainDicomTags: Type.Object({ SeriesDescription: Type.Optional(Type.String()) }),
  }),
)
export const seriesListAnswer = Type.Array(
  Type.Object({
    ID: Type.String(),
    MainDicomTags: Type.Object({
      SeriesInstanceUID: Type.String(),
      Manufacturer: Type.Optional(Type.String()),
    }),
  }),
)
export const instanceListAnswer = Type.Array(
  Type.Object({
    ID: Type.String(),
    FileUuid: Type.String(),
    ParentSeries: Type.String(),
    IndexInSeries: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    MainDicomTags: Type.Object({
      SOPInstanceUID: Type.String(),
      InstanceNumber: Type.Optional(Type.String()),
      ImagePositionPatient: Type.Optional(Type.String()),
    }),
  }),
)
export const tagsAnswer = tags
/** Series by their study (tools/bulk-content). */
export const seriesModalitiesAnswer = Type.Array(
  Type.Object({
    ParentStudy: Type.String(),
    MainDicomTags: Type.Object({ Modality: Type.Optional(Type.String()) }),
  }),
)
export const statisticsAnswer = Type.Object({ CountStudies: Type.Integer() })
export const storeAnswer = Type.Object({ ID: Type.String(), Status: Type.String() })
/** Larger numbers are no longer exact integers. */
const sequenceNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
export const changesAnswer = Type.Object({
  Changes: Type.Array(
    Type.Object({
      Seq: sequenceNumber,
      ChangeType: Type.String(),
      ResourceType: Type.String(),
      ID: Type.String(),
      Date: Type.String(),
    }),
  ),
  Done: Type.Boolean(),
  Last: sequenceNumber,
})

export type StudyAnswer = Static<typeof studyAnswer>
export type InstanceAnswer = Static<typeof instanceListAnswer>[number]

/** Checks a response against its schema; throws ARCHIVE_ANSWER_INVALID naming the fault. */
export function parseAnswer<Schema extends TSchema>(
  schema: Schema,
  answer: unknown,
  stage: Stage,
): Static<Schema> {
  if (Value.Check(schema, answer)) return answer as Static<Schema>
  const [problem] = Value.Errors(schema, answer)
  throw new HippoError(
    'ARCHIVE_ANSWER_INVALID',
    'The archive returned a response this service does not understand. Is it Orthanc 1.10 or later?',
    { stage, details: { place: problem?.instancePath, problem: problem?.message } },
  )
}
