/**
 * What is known of a series before its pixels are fetched; absent attributes are undefined, never
 * invented. Values come from one instance of the series unless said otherwise.
 */
export interface SeriesFacts {
  readonly seriesInstanceUid: string
  /** Identifier of the series in Orthanc; undefined for files read from disk. */
  readonly orthancSeriesId: string | undefined
  readonly seriesNumber: number | undefined
  readonly seriesDescription: string | undefined
  readonly modality: string | undefined
  readonly sopClassUid: string | undefined
  readonly imageType: readonly string[]
  readonly manufacturer: string | undefined
  readonly manufacturerModelName: string | undefined
  readonly bodyPartExamined: string | undefined
  readonly protocolName: string | undefined
  /** Instances in the series, all of them. */
  readonly instances: readonly SourceInstanceReference[]
  readonly numberOfFrames: number | undefined
  readonly rows: number | undefined
  readonly columns: number | undefined
  /** Millimetres. */
  readonly sliceThickness: number | undefined
  readonly spacingBetweenSlices: number | undefined
  readonly pixelSpacing: readonly [number, number] | undefined
  readonly mrAcquisitionType: string | undefined
  readonly scanningSequence: readonly string[]
  readonly sequenceVariant: readonly string[]
  readonly repetitionTime: number | undefined
  readonly echoTime: number | undefined
  readonly inversionTime: number | undefined
  readonly flipAngle: number | undefined
  readonly magneticFieldStrength: number | undefined
  readonly contrastBolusAgent: string | undefined
  /** Millilitres, as the scanner's operator typed them. */
  readonly contrastBolusVolume?: number | undefined
  readonly contrastBolusTotalDose?: number | undefined
  readonly contrastBolusIngredient?: string | undefined
  /** YES or NO (enhanced images, PS3.3 C.8.13.5.6). */
  readonly inversionRecovery?: string | undefined
  /** SequenceName of classic images, PulseSequenceName of enhanced ones. */
  readonly sequenceName: string | undefined
  readonly scanOptions: readonly string[]
  readonly echoTrainLength: number | undefined
  /** SPIN, GRADIENT or BOTH (enhanced images, PS3.3 C.8.13.4). */
  readonly echoPulseSequence: string | undefined
  readonly echoPlanarPulseSequence: string | undefined
  readonly timeOfFlightContrast: string | undefined
  readonly phaseContrast: string | undefined
  readonly angioFlag: string | undefined
  /** T1, T2, DIFFUSION and the like (enhanced images, PS3.3 C.8.13.3.1.2). */
  readonly acquisitionContrast: string | undefined
  /** MAGNITUDE, PHASE, REAL, IMAGINARY or MIXED (enhanced images). */
  readonly complexImageComponent: string | undefined
  readonly diffusionBValue: number | undefined
  readonly numberOfTemporalPositions: number | undefined
  /** Row, then column direction of the first image, LPS. */
  readonly imageOrientationPatient: readonly number[] | undefined
  /** DICOM TM. */
  readonly seriesTime: string | undefined
  /** L or R from Laterality or ImageLaterality; undefined when the data does not say. */
  readonly laterality: 'L' | 'R' | undefined
  readonly patientId?: string | undefined
  readonly issuerOfPatientId?: string | undefined
  readonly patientAge: string | undefined
  readonly patientSex: string | undefined
  readonly patientBirthDate: string | undefined
  readonly patientSize: number | undefined
  readonly patientWeight: number | undefined
  readonly studyDate: string | undefined
  readonly studyTime: string | undefined
  readonly accessionNumber: string | undefined
  readonly studyDescription: string | undefined
  /** True for what this product wrote itself (recognised by manufacturer and device). */
  readonly isOwnResult: boolean
}

/** An instance as the archive lists it, without its content. */
export interface SourceInstanceReference {
  readonly sopInstanceUid: string
  /** Identifier of the instance in Orthanc; undefined for files read from disk. */
  readonly orthancInstanceId: string | undefined
  /** Changes whenever the stored file is replaced, even under the same SOP Instance UID. */
  readonly revision: string
  readonly instanceNumber?: number | undefined
  /**
   * Where its frames lie, LPS millimetres, as far as the listing tells. Of several multi-frame
   * instances only the first says it.
   */
  readonly imagePositions?: readonly (readonly [number, number, number])[] | undefined
}
