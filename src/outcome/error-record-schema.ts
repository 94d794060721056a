import { Type } from 'typebox'

/** An error as a job keeps it and the API shows it: `ErrorRecord` of src/errors.ts. */
export const errorRecord = Type.Object({
  code: Type.String(),
  stage: Type.String(),
  retryable: Type.Boolean(),
  message: Type.String(),
  details: Type.Optional(Type.Object({}, { additionalProperties: true })),
})
