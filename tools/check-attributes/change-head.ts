import { findTag } from '../../src/dicom/dictionary.ts'
import type { Elements } from '../../test/dicom/build-dicom.ts'

/** One change to one attribute of a head, in all its occurrences. */
export interface Change {
  readonly keyword: string
  /** Description of the change. */
  readonly what: string
  /** The element as in build-dicom: tag and VR. */
  readonly element: string
  readonly value: Elements[string] | undefined
}

/** Wrong values a scanner, an operator or a program may leave; for other attributes by their VR. */
const wrongTexts: Readonly<Record<string, readonly string[]>> = {
  ImageType: ['', 'DERIVED\\SECONDARY', 'ORIGINAL\\PRIMARY\\OTHER', 'LOCALIZER', 'X'],
  Modality: ['', 'OT', 'SC', 'CT', 'X'],
  SOPClassUID: ['', '1.2.840.10008.5.1.4.1.1.7', '1.2.840.10008.5.1.4.1.1.2', '1.2.3', 'X'],
  SeriesDescription: ['', 'Series 4', 'T2 tse', 'localizer', 'KNEE'],
  ProtocolName: ['', 'Series 4', 'T2 tse', 'localizer', 'KNEE'],
  StudyDescription: ['', 'MR spine', 'CT head', 'contrast', 'X'],
  BodyPartExamined: ['', 'KNEE', 'CSPINE', 'ABDOMEN', 'UNKNOWN'],
  ScanningSequence: ['', 'SE', 'EP', 'RM', 'X'],
  SequenceVariant: ['', 'NONE', 'MTC', 'TOF', 'SS'],
  ScanOptions: ['', 'TOF', 'PC', 'PFP', 'X'],
  MRAcquisitionType: ['', '2D', '1D', 'OTHER', 'X'],
  SequenceName: ['', '*se2d1', '*ep_b1000', '*fl3d1r', 'X'],
  PulseSequenceName: ['', 'TSE', 'EPI', 'FFE', 'X'],
  EchoPulseSequence: ['', 'SPIN', 'BOTH', 'OTHER', 'X'],
  AcquisitionContrast: ['', 'T2', 'PROTON_DENSITY', 'UNKNOWN', 'X'],
  ComplexImageComponent: ['', 'MIXED', 'UNKNOWN', 'PHASE', 'X'],
  PatientName: ['', 'A\\B', 'X=Y=Z=W', 'Ä'.repeat(80), '?'],
  PatientID: ['', 'A\\B', 'X'.repeat(80), '0', '?'],
}

const decimals = ['', '0', '-1', '182', 'abc']
const wrongByVr: Readonly<Record<string, readonly Elements[string][]>> = {
  DS: decimals,
  IS: ['', '0', '-1', '3', 'abc'],
  US: [[], [0], [1], [16], [65535]],
  FD: [[], [0], [-1], [182], [Number.NaN]],
  DA: ['', '00000000', '20260231', '12.01.2026', 'abc'],
  AS: ['', '000Y', '999Y', '61', 'abc'],
  UI: ['', '0', '1.2.840', '1..2', 'abc'],
  OB: ['', 'X', 'XX', 'X'.repeat(1000), 'X'.repeat(100_000)],
}
const texts = ['', 'X', '0', 'A\\B', '?'.repeat(70)]

function show(value: Elements[string]): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text === '' || text === '[]') return 'empty'
  return text.length > 24 ? `${text.slice(0, 20)}... (${text.length} characters)` : text
}

function listElements(elements: Elements, found: Map<string, string>): void {
  for (const [element, value] of Object.entries(elements)) {
    const keyword = findTag(element.slice(0, 9).replace(',', ''))?.keyword
    if (keyword !== undefined) found.set(element, keyword)
    if (element.endsWith(' SQ')) {
      for (const item of value as readonly Elements[]) listElements(item, found)
    }
  }
}

/** Every attribute of a head removed, and every one but sequences with each of five wrong values. */
export function listChanges([first]: readonly Elements[]): readonly Change[] {
  const found = new Map<string, string>()
  listElements(first ?? {}, found)
  return [...found].flatMap(([element, keyword]) => {
    const vr = element.slice(10)
    const values = vr === 'SQ' ? [] : (wrongTexts[keyword] ?? wrongByVr[vr] ?? texts)
    return [
      { keyword, what: 'removed', element, value: undefined },
      ...values.map((value) => ({ keyword, what: show(value), element, value })),
    ]
  })
}

/** The file with the change, in all its items. */
export function applyChange(elements: Elements, { element, value }: Change): Elements {
  return Object.fromEntries(
    Object.entries(elements).flatMap(([name, own]) => {
      if (name === element) return value === undefined ? [] : [[name, value]]
      if (!name.endsWith(' SQ')) return [[name, own]]
      return [
        [
          name,
          (own as readonly Elements[]).map((item) =>
            applyChange(item, { element, value } as Change),
          ),
        ],
      ]
    }),
  )
}
