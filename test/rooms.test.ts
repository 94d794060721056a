import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/**
 * Who may know whom. A room may always import itself and src/errors.ts; `room/file` allows one file
 * only. What wires everything (the files of src/ itself and commands/) is not listed.
 */
const mayImport: Record<string, readonly string[]> = {
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
    'page/read-page',
  ],
  telemetry: ['archive/archive', 'queue/run-job'],
  models: ['inference', 'nifti', 'measurement', 'volume', 'localization/smooth-volume'],
  // Types only: nothing of the service is loaded by a browser.
  page: [
    'http/schemas',
    'http/outcome-schema',
    'http/job-news',
    'http/backfill-schema',
    'http/models-schema',
  ],
  access: [],
  audit: [],
  queue: [],
  backfill: ['archive', 'queue'],
  housekeeping: ['backfill/backfill-marks', 'queue'],
  research: ['archive', 'backfill', 'queue', 'pipeline/outcome', 'selection', 'measurement'],
  pipeline: [
    'archive',
    'dicom',
    'selection',
    'volume',
    'localization',
    'inference',
    'measurement',
    'report',
    'results',
    'fhir',
    'nifti',
    'queue/job',
    'queue/run-job',
    'models/shadow-comparison',
    'telemetry/tracing',
    'telemetry/job-context',
  ],
  archive: ['selection/series-facts', 'selection/own-result'],
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
    'volume/select-rank',
  ],
  report: ['volume', 'measurement'],
  results: [
    'dicom',
    'volume',
    'measurement',
    'report/report-input',
    'report/palette',
    'selection/own-result',
  ],
  fhir: ['dicom/codes', 'measurement', 'selection/own-result'],
  nifti: ['volume'],
  mgh: ['volume', 'nifti/decompress', 'nifti/finite-intensities'],
}

const externals: Record<string, readonly string[]> = {
  dicom: ['dcmjs', 'dicom-parser', '@cornerstonejs/dicom-image-loader', 'dicom-character-set'],
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
    const allowed = [room, 'errors', ...(mayImport[room] ?? [])]
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

  it('every folder of src is a room with rules', () => {
    const rooms = new Set(files.filter((file) => file.name.includes('/')).map((file) => file.room))
    expect([...rooms].filter((room) => !(room in mayImport))).toEqual(['commands'])
  })
})
