import { type ErrorCode, HippoError } from '../errors.ts'
import type { QualityFinding } from '../measurement/quality-finding.ts'

/** The error of a series whose measurement is not reliable, with every finding. */
export class SeriesRejection extends HippoError {
  readonly quality: readonly QualityFinding[]

  constructor(
    code: Extract<ErrorCode, 'HEAD_NOT_FOUND' | 'HIPPOCAMPUS_NOT_FOUND' | 'QUALITY_REJECTED'>,
    message: string,
    quality: readonly QualityFinding[],
  ) {
    super(code, message)
    this.quality = quality
  }
}
