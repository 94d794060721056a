import { privateScheme } from '../dicom/codes.ts'
import type { CodeableConcept } from '../fhir/codings.ts'
import type { BundleEntry } from '../fhir/resource-common.ts'
import { escapeText, joinComponents } from './escape-text.ts'

interface Quantity {
  readonly value: number
  readonly code: string
}

interface Component {
  readonly code: CodeableConcept
  readonly valueQuantity?: Quantity | undefined
}

/** The members of an Observation that are used. */
interface Observation extends Component {
  readonly identifier: readonly { readonly value: string }[]
  readonly component?: readonly Component[] | undefined
  readonly referenceRange?:
    | readonly { readonly low?: Quantity; readonly high?: Quantity }[]
    | undefined
}

/** One OBX (2.5.1, 7.4.2) without its number. */
export interface ObservationRow {
  readonly type: 'NM' | 'ST' | 'TX'
  /** OBX-3, escaped. */
  readonly code: string
  /** OBX-5, escaped. */
  readonly value: string
  readonly units?: string | undefined
  readonly range?: string | undefined
}

/** Names of FHIR's coding systems in HL7 v2 (table 0396). */
const schemes: readonly (readonly [system: string, name: string])[] = [
  ['http://snomed.info/sct', 'SCT'],
  ['http://loinc.org', 'LN'],
  ['http://dicom.nema.org/resources/ontology/DCM', 'DCM'],
]

const unitNames: Readonly<Record<string, string>> = {
  mm3: 'cubic millimeter',
  '%': 'percent',
  '1': 'no units',
}

/** Our own name of a finding, with its code in a standard scheme if it has one. */
export function formatCode(name: string, text: string, { coding = [] }: CodeableConcept = {}) {
  const standard = coding
    .map((one) => ({ ...one, scheme: schemes.find(([system]) => system === one.system)?.[1] }))
    .find(({ scheme }) => scheme !== undefined)
  const own = [name.toUpperCase(), text, privateScheme]
  return joinComponents([...own, standard?.code, standard?.display, standard?.scheme])
}

function figure(code: string, { value, code: unit }: Quantity): ObservationRow {
  const units = joinComponents([unit, unitNames[unit] ?? unit, 'UCUM'])
  return { type: 'NM', code, value: String(value), units }
}

const textOf = ({ text, coding }: CodeableConcept) => text ?? coding?.[0]?.display ?? ''

function rowsOf(observation: Observation): ObservationRow[] {
  const { code, valueQuantity, component = [], referenceRange = [] } = observation
  if (valueQuantity === undefined) return []
  const name = observation.identifier[0]!.value.replace(/^[^/]*\//, '')
  const [range] = referenceRange
  const limits =
    referenceRange.length === 1 && range?.low && range.high
      ? { range: escapeText(`${range.low.value}-${range.high.value}`) }
      : {}
  const details = component.flatMap((one) => {
    if (one.valueQuantity === undefined) return []
    const part = one.code.coding?.[0]?.code ?? textOf(one.code)
    const text = `${textOf(code)}: ${textOf(one.code)}`
    return [figure(formatCode(`${name}/${part}`, text, one.code), one.valueQuantity)]
  })
  return [{ ...figure(formatCode(name, textOf(code), code), valueQuantity), ...limits }, ...details]
}

/** Every figure of a report's Observations: each value, followed by its components. */
export function listRows(entries: readonly BundleEntry[]): ObservationRow[] {
  return entries
    .filter(({ resource }) => resource.resourceType === 'Observation')
    .flatMap(({ resource }) => rowsOf(resource as unknown as Observation))
}

/** OBX-11 (table 0085): preliminary until a person has accepted (final) or rejected the result (deleted). */
export type RowStatus = 'P' | 'F' | 'D'

/** A row as OBX. */
export function observationSegment(
  row: ObservationRow,
  number: number,
  time: string,
  status: RowStatus,
): string {
  const { type, code, value, units = '', range = '' } = row
  const fields = ['OBX', String(number), type, code, '', value, units, range, '', '', '', status]
  return [...fields, '', '', time].join('|').replace(/\|+$/, '')
}
