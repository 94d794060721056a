import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { toVector3 } from '../../src/volume/vector3.ts'

interface Dcmjs {
  readonly data: {
    readonly DicomMetaDictionary: {
      readonly nameMap: Readonly<Record<string, unknown>>
      denaturalizeDataset(dataset: Record<string, unknown>): Record<string, unknown>
    }
    readonly DicomDict: new (
      meta: Record<string, unknown>,
    ) => {
      dict: Record<string, unknown>
      write(): ArrayBuffer
    }
  }
}
const { data: dcmjs } = createRequire(import.meta.url)('dcmjs') as Dcmjs

type Vector3 = readonly [number, number, number]

/** Everything has a default; lengths in millimetres, directions and positions in LPS. */
export interface PhantomOptions {
  columns?: number
  rows?: number
  slices?: number
  /** Distance between rows, then between columns, as in PixelSpacing. */
  pixelSpacing?: readonly [number, number]
  sliceSpacing?: number
  sliceThickness?: number
  /** Directions of increasing column and row index; slices follow along their cross product. */
  rowCosines?: Vector3
  columnCosines?: Vector3
  /** Patient position of the centre of the grid. */
  center?: Vector3
  /** Half axes of the ellipsoid at the centre; its volume is 4/3 pi a b c. */
  semiAxes?: Vector3
  /** Degrees by which the ellipsoid is turned about the patient's left-right axis. */
  tilt?: number
  rescaleSlope?: number
  rescaleIntercept?: number
  bitsStored?: number
  signed?: boolean
  studyInstanceUid?: string
  seriesInstanceUid?: string
  seriesNumber?: number
  seriesDescription?: string
  modality?: string
  patientName?: string
  patientId?: string
  patientAge?: string | undefined
  patientSex?: string | undefined
  laterality?: 'L' | 'R' | undefined
  /** Changes the UIDs made here and the texture of the images; equal seeds give equal bytes. */
  seed?: string
  /** Attributes by keyword over all others, for every slice or one by one; undefined removes. */
  attributes?: Record<string, unknown> | ((slice: number) => Record<string, unknown>)
}

/** A UID under 2.25 that is the same for the same text. */
export function phantomUid(text: string): string {
  return `2.25.${BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 31)}`)}`
}

const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]

function withDefaults(options: PhantomOptions) {
  const seed = options.seed ?? 'phantom'
  const study = options.studyInstanceUid ?? phantomUid(`${seed} study`)
  const description = options.seriesDescription ?? 'HippoCrop'
  const number = options.seriesNumber ?? 5
  return {
    columns: 40,
    rows: 36,
    slices: 44,
    pixelSpacing: [1, 1] as readonly [number, number],
    sliceSpacing: 1,
    sliceThickness: options.sliceSpacing ?? 1,
    rowCosines: [1, 0, 0] as Vector3,
    columnCosines: [0, 0, -1] as Vector3,
    center: [26, -4, -12] as Vector3,
    semiAxes: [7, 18, 6] as Vector3,
    tilt: 25,
    rescaleSlope: 1,
    rescaleIntercept: 0,
    bitsStored: 12,
    signed: false,
    modality: 'MR',
    patientName: 'Phantom^Ellipsoid',
    patientId: `PHANTOM-${seed}`,
    patientAge: '067Y',
    patientSex: 'F',
    laterality: undefined,
    attributes: {},
    ...options,
    seed,
    seriesNumber: number,
    seriesDescription: description,
    studyInstanceUid: study,
    seriesInstanceUid:
      options.seriesInstanceUid ?? phantomUid(`${seed} ${study} ${number} ${description}`),
  }
}
type Phantom = ReturnType<typeof withDefaults>

function imagePosition(phantom: Phantom, slice: number): Vector3 {
  const normal = cross(phantom.rowCosines, phantom.columnCosines)
  const across = (-(phantom.columns - 1) / 2) * phantom.pixelSpacing[1]
  const down = (-(phantom.rows - 1) / 2) * phantom.pixelSpacing[0]
  const along = (slice - (phantom.slices - 1) / 2) * phantom.sliceSpacing
  return toVector3(
    [0, 1, 2].map(
      (axis) =>
        phantom.center[axis]! +
        across * phantom.rowCosines[axis]! +
        down * phantom.columnCosines[axis]! +
        along * normal[axis]!,
    ),
  )
}

/** Stored values of a slice: a bright tilted ellipsoid in grey tissue beside a dark cleft. */
function storedValues(phantom: Phantom, slice: number): ArrayBuffer {
  const [first, turn] = [imagePosition(phantom, slice), (phantom.tilt * Math.PI) / 180]
  let noise = createHash('sha256').update(`${phantom.seed} ${slice}`).digest().readUInt32LE()
  const bytes = phantom.bitsStored > 8 ? 2 : 1
  const count = phantom.rows * phantom.columns
  const view = new DataView(new ArrayBuffer(count * bytes + ((count * bytes) % 2)))
  for (let index = 0; index < count; index++) {
    const across = (index % phantom.columns) * phantom.pixelSpacing[1]
    const down = Math.floor(index / phantom.columns) * phantom.pixelSpacing[0]
    const [x, y, z] = [0, 1, 2].map(
      (axis) =>
        first[axis]! +
        across * phantom.rowCosines[axis]! +
        down * phantom.columnCosines[axis]! -
        phantom.center[axis]!,
    ) as [number, number, number]
    const [b, c] = [
      y * Math.cos(turn) + z * Math.sin(turn),
      z * Math.cos(turn) - y * Math.sin(turn),
    ]
    const [p, q, r] = phantom.semiAxes
    const radius = (x / p) ** 2 + (b / q) ** 2 + (c / r) ** 2
    noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0
    const tissue =
      radius <= 1 ? 150 : radius < 1.6 && c > 0 ? 30 : 80 + 15 * Math.sin(x / 5 + y / 7)
    const intensity = tissue + (noise / 2 ** 32) * 8
    const value = Math.round((intensity - phantom.rescaleIntercept) / phantom.rescaleSlope)
    if (bytes === 2) view.setInt16(index * 2, value, true)
    else view.setUint8(index, value)
  }
  return view.buffer
}

function studyAttributes(phantom: Phantom): Record<string, unknown> {
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    Modality: phantom.modality,
    Manufacturer: 'Phantom Works',
    ManufacturerModelName: 'Ellipsoid 3T',
    StudyDate: '20260102',
    StudyTime: '101500',
    AccessionNumber: 'ACC0001',
    StudyDescription: 'Phantom head',
    StudyID: '1',
    ReferringPhysicianName: '',
    PatientName: phantom.patientName,
    PatientID: phantom.patientId,
    PatientBirthDate: '19580304',
    PatientSex: phantom.patientSex,
    PatientAge: phantom.patientAge,
    StudyInstanceUID: phantom.studyInstanceUid,
    SeriesInstanceUID: phantom.seriesInstanceUid,
    SeriesNumber: phantom.seriesNumber,
    SeriesDescription: phantom.seriesDescription,
    Laterality: phantom.laterality,
    BodyPartExamined: 'BRAIN',
    PatientPosition: 'HFS',
    FrameOfReferenceUID: phantomUid(`${phantom.seed} ${phantom.studyInstanceUid} frame`),
    PositionReferenceIndicator: '',
    MagneticFieldStrength: 3,
    MRAcquisitionType: '3D',
  }
}

function pixelAttributes(phantom: Phantom, pixelData: ArrayBuffer): Record<string, unknown> {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: phantom.rows,
    Columns: phantom.columns,
    BitsAllocated: phantom.bitsStored > 8 ? 16 : 8,
    BitsStored: phantom.bitsStored,
    HighBit: phantom.bitsStored - 1,
    PixelRepresentation: phantom.signed ? 1 : 0,
    PixelData: pixelData,
    _vrMap: { PixelData: phantom.bitsStored > 8 ? 'OW' : 'OB' },
  }
}

function writePart10(dataset: Record<string, unknown>): Uint8Array {
  const present = Object.fromEntries(
    Object.entries(dataset).filter(([, value]) => value !== undefined),
  )
  for (const keyword of Object.keys(present)) {
    // dcmjs would drop it without a word.
    if (keyword !== '_vrMap' && !(keyword in dcmjs.DicomMetaDictionary.nameMap)) {
      throw new Error(`${keyword} is not a keyword of the DICOM dictionary`)
    }
  }
  const denaturalize = dcmjs.DicomMetaDictionary.denaturalizeDataset
  const file = new dcmjs.DicomDict(
    denaturalize({
      FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
      MediaStorageSOPClassUID: present.SOPClassUID,
      MediaStorageSOPInstanceUID: present.SOPInstanceUID,
      TransferSyntaxUID: '1.2.840.10008.1.2.1',
      ImplementationClassUID: phantomUid('phantom writer'),
      _vrMap: {},
    }),
  )
  file.dict = denaturalize(present)
  return new Uint8Array(file.write())
}

/** A classic MR Image Storage series, one Part 10 file per slice, in order along the normal. */
export function writePhantomSeries(options: PhantomOptions = {}): Uint8Array[] {
  const phantom = withDefaults(options)
  const { attributes } = phantom
  return Array.from({ length: phantom.slices }, (_, slice) =>
    writePart10({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
      SOPInstanceUID: phantomUid(`${phantom.seed} ${phantom.seriesInstanceUid} ${slice}`),
      ImageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
      ...studyAttributes(phantom),
      ...pixelAttributes(phantom, storedValues(phantom, slice)),
      InstanceNumber: slice + 1,
      ImagePositionPatient: imagePosition(phantom, slice).map((value) => value.toFixed(6)),
      ImageOrientationPatient: [...phantom.rowCosines, ...phantom.columnCosines].map((value) =>
        value.toFixed(8),
      ),
      PixelSpacing: [...phantom.pixelSpacing],
      SliceThickness: phantom.sliceThickness,
      SpacingBetweenSlices: phantom.sliceSpacing,
      ScanningSequence: ['GR', 'IR'],
      SequenceVariant: ['SP', 'MP'],
      ScanOptions: '',
      RepetitionTime: 2300,
      EchoTime: 2.98,
      InversionTime: 900,
      FlipAngle: 9,
      EchoTrainLength: 1,
      RescaleSlope: phantom.rescaleSlope,
      RescaleIntercept: phantom.rescaleIntercept,
      RescaleType: 'US',
      ...(typeof attributes === 'function' ? attributes(slice) : attributes),
    }),
  )
}

/** The same phantom as one Enhanced MR file: geometry lives in the nested functional groups. */
export function writeEnhancedPhantom(options: PhantomOptions = {}): Uint8Array {
  const phantom = withDefaults(options)
  const frames = Array.from({ length: phantom.slices }, (_, slice) => storedValues(phantom, slice))
  const { attributes } = phantom
  const pixelData = new Uint8Array(Buffer.concat(frames.map((frame) => new Uint8Array(frame))))
  const study = { ...studyAttributes(phantom), Laterality: undefined }
  return writePart10({
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
    SOPInstanceUID: phantomUid(`${phantom.seed} ${phantom.seriesInstanceUid} enhanced`),
    ImageType: ['ORIGINAL', 'PRIMARY', 'T1', 'NONE'],
    ...study,
    ...pixelAttributes(phantom, pixelData.buffer),
    InstanceNumber: 1,
    NumberOfFrames: phantom.slices,
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [
          { ImageOrientationPatient: [...phantom.rowCosines, ...phantom.columnCosines] },
        ],
        PixelMeasuresSequence: [
          {
            PixelSpacing: [...phantom.pixelSpacing],
            SliceThickness: phantom.sliceThickness,
            SpacingBetweenSlices: phantom.sliceSpacing,
          },
        ],
        FrameAnatomySequence: phantom.laterality && [{ FrameLaterality: phantom.laterality }],
        PixelValueTransformationSequence: [
          {
            RescaleIntercept: phantom.rescaleIntercept,
            RescaleSlope: phantom.rescaleSlope,
            RescaleType: 'US',
          },
        ],
        MRTimingAndRelatedParametersSequence: [
          { RepetitionTime: 2300, FlipAngle: 9, EchoTrainLength: 1 },
        ],
        MREchoSequence: [{ EffectiveEchoTime: 2.98 }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map((_frame, slice) => ({
      FrameContentSequence: [{ InStackPositionNumber: slice + 1, StackID: '1' }],
      PlanePositionSequence: [
        { ImagePositionPatient: imagePosition(phantom, slice).map((value) => value.toFixed(6)) },
      ],
    })),
    ...(typeof attributes === 'function' ? attributes(0) : attributes),
  })
}
