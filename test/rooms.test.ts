import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/**
 * Who may know whom. A room may always import itself and the files of src/ in `forAll`; `room/file` allows one file
 * only. What wires everything (the files of src/ itself, wiring/ and commands/) is not listed.
 */
const mayImport: Record<string, readonly string[]> = {
  // The way in: the API, its page, and the queue behind it.
  http: [
    'backfill/backfill-service',
    'backfill/study-query',
    'research/export-results',
    'queue',
    'config',
    'access',
    'models/shadow-comparison',
    'models/model-service',
    'telemetry/tracing',
    'audit/audit-entry',
    'outcome/error-record-schema',
    'outcome/outcome',
    'outcome/outcome-schema',
  ],
  // Types only: nothing of the service is loaded by a browser.
  page: [
    'http/schemas',
    'outcome/error-record-schema',
    'outcome/outcome-schema',
    'http/job-news',
    'http/backfill-schema',
    'http/models-schema',
  ],
  access: [],
  audit: [],
  queue: [],
  telemetry: ['archive/archive', 'queue/run-job', 'queue/job'],

  // The way of a study, and its two other ways in: the analysis process and files.
  analysis: [
    'history/comparison',
    'models/shadow-comparison',
    'outcome/study-history',
    'queue/job',
    'queue/run-job',
    'report/superseded-page',
    'telemetry/job-context',
    'telemetry/tracing',
  ],
  pipeline: [
    'archive',
    'dicom',
    'history',
    'impression',
    'inference/model-manifest',
    'longitudinal',
    'measurement',
    'measuring',
    'outcome',
    'queue/job',
    'queue/run-job',
    'report',
    'results',
    'selection',
    'telemetry/time-steps',
    'telemetry/tracing',
  ],
  offline: [
    'dicom',
    'impression/write-impression',
    'measurement/norms/norms',
    'measuring',
    'outcome/fingerprint',
    'pipeline',
    'queue/job',
    'selection',
    'telemetry/time-steps',
  ],
  longitudinal: [
    'inference/segmenter',
    'localization',
    'measurement/hippocampus-labels',
    'measurement/longitudinal-change',
    'volume',
  ],
  measuring: [
    'dicom',
    'inference',
    'localization',
    'measurement',
    'models/shadow-comparison',
    'selection/screen-picture',
    'selection/series-choice',
    'telemetry/time-steps',
    'telemetry/tracing',
    'volume',
  ],
  history: [
    'archive',
    'dicom',
    'measurement',
    'outcome/fingerprint',
    'outcome/outcome',
    'outcome/study-history',
    'results/sr/read-measurement-document',
    'selection',
  ],
  outcome: ['measurement', 'queue/job', 'selection/series-choice', 'selection/series-facts'],

  // What goes on beside the jobs.
  upkeep: ['archive', 'backfill/backfill-marks', 'outcome', 'queue'],
  backfill: ['archive', 'queue'],
  research: ['archive', 'backfill', 'queue', 'outcome/outcome', 'selection', 'measurement'],
  models: ['inference', 'nifti', 'measurement', 'volume', 'localization/smooth-volume'],

  // What each step needs.
  archive: [
    'selection/attribute-source',
    'selection/series-facts',
    'selection/own-result',
    'selection/screen-picture',
  ],
  dicom: [],
  selection: [],
  volume: [],
  threads: [],
  localization: ['volume', 'threads'],
  inference: ['volume', 'threads'],
  measurement: [
    'volume/grid',
    'volume/patient-affine',
    'volume/labelled-range',
    'volume/drop-zeros',
    'volume/haar-detail',
    'volume/select-rank',
    'volume/vector3',
  ],
  report: ['volume', 'measurement'],
  impression: ['measurement'],
  results: [
    'dicom',
    'volume',
    'measurement',
    'report/report-input',
    'report/palette',
    'impression/write-impression',
    'selection/own-result',
  ],
  fhir: [
    'dicom/codes',
    'dicom/study-identity',
    'measurement',
    'outcome/outcome',
    'queue/job',
    'selection/own-result',
  ],
  hl7: ['dicom/codes', 'dicom/study-identity', 'fhir', 'queue/job'],
  nifti: ['volume'],
  mgh: ['volume', 'nifti/decompress', 'nifti/finite-intensities'],
}

/** Files of src/ itself that every room may know. */
const forAll = ['errors', 'minor-version', 'read-only', 'schema-fault']

const externals: Record<string, readonly string[]> = {
  dicom: ['dcmjs', 'dicom-parser', '@cornerstonejs/', 'dicom-character-set'],
  archive: ['undici'],
  inference: ['onnxruntime-node'],
  report: ['canvas'],
  http: ['fastify', '@fastify/'],
  research: ['csv-stringify', 'csv-parse'],
  telemetry: ['@opentelemetry/'],
  queue: ['node:sqlite', 'pg', 'pg-boss'],
  page: ['preact', 'htm', '@preact/', 'eventsource-parser'],
  access: ['jose'],
  volume: ['quickselect'],
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

function listImports(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}

const files = listFiles(source).map((file) => ({
  name: relative(source, file),
  room: relative(source, file).split('/')[0] ?? '',
  imports: listImports(file).map((specifier) => ({
    specifier,
    target: specifier.startsWith('.')
      ? relative(source, resolve(dirname(file), specifier)).replace(/\.(ts|js)$/, '')
      : undefined,
  })),
}))

describe('the rooms of src', () => {
  it.each(Object.keys(mayImport))('%s imports only the rooms it may know', (room) => {
    const allowed = [room, ...forAll, ...(mayImport[room] ?? [])]
    const broken = files
      .filter((file) => file.room === room)
      .flatMap((file) =>
        file.imports
          .filter(({ target }) => target !== undefined)
          .filter(({ target }) => !allowed.some((a) => target === a || target?.startsWith(`${a}/`)))
          .map(({ target }) => `${file.name} -> ${target}`),
      )
    expect(broken).toEqual([])
  })

  it.each(Object.entries(externals))('only %s knows its libraries', (room, libraries) => {
    const broken = files
      .filter((file) => file.room !== room)
      .flatMap((file) =>
        file.imports
          .filter(({ specifier }) => libraries.some((library) => specifier.startsWith(library)))
          .map(({ specifier }) => `${file.name} -> ${specifier}`),
      )
    expect(broken).toEqual([])
  })

  it('no rooms may import each other, directly or indirectly', () => {
    const reach = (room: string, seen = new Set<string>()): Set<string> => {
      for (const next of (mayImport[room] ?? []).map((place) => place.split('/')[0] ?? '')) {
        if (!seen.has(next)) reach(next, seen.add(next))
      }
      return seen
    }
    const rooms = Object.keys(mayImport)
    expect(rooms.filter((room) => reach(room).has(room))).toEqual([])
  })

  it('no files import each other, directly or indirectly', () => {
    const imports = new Map(
      files.map(({ name, imports }) => [
        name.replace(/\.(ts|js)$/, ''),
        imports.flatMap(({ target }) => target ?? []),
      ]),
    )
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (name: string, path: readonly string[]): void => {
      const start = path.indexOf(name)
      if (start >= 0) circles.push([...path.slice(start), name].join(' -> '))
      if (start >= 0 || done.has(name)) return
      for (const next of imports.get(name) ?? []) visit(next, [...path, name])
      done.add(name)
    }
    for (const name of imports.keys()) visit(name, [])
    expect(circles).toEqual([])
  })

  it('the root of src contains programs and files that every room may import', () => {
    const root = files.filter(({ name }) => !name.includes('/')).map(({ name }) => name)
    expect(root.toSorted()).toEqual([
      'analysis.ts',
      'check-health.ts',
      'cli.ts',
      'config.ts',
      'contradictions.ts',
      'errors.ts',
      'main.ts',
      'minor-version.ts',
      'read-only.ts',
      'schema-fault.ts',
      'software.ts',
    ])
  })

  it('every folder of src is a room with rules', () => {
    const rooms = new Set(files.filter((file) => file.name.includes('/')).map((file) => file.room))
    expect([...rooms].filter((room) => !(room in mayImport)).toSorted()).toEqual([
      'commands',
      'wiring',
    ])
  })
})
