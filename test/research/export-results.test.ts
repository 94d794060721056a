import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Archive } from '../../src/archive/archive.ts'
import { HippoError, recordError } from '../../src/errors.ts'
import type { JobEnding, JobStore } from '../../src/queue/job-store.ts'
import { openSqliteJobStore } from '../../src/queue/sqlite-job-store.ts'
import { columns } from '../../src/research/result-row.ts'
import { openExport } from '../../src/wiring/open-export.ts'
import { type MadeUpStudy, makeUpArchive, orthancIdOf } from '../backfill/made-up-archive.ts'
import { makeOutcome } from './make-outcome.ts'
import { readCsv } from './read-csv.ts'

const secret = 'a secret of the site, never shown'
const never = new AbortController().signal

const known: MadeUpStudy[] = [
  { uid: '1.2.3.1', day: '20200131', patientId: 'P1', description: 'Brain' },
  { uid: '1.2.3.2', day: '20210131', patientId: 'P1', description: 'Brain' },
  { uid: '1.2.3.3', day: '20200101', patientId: '-2+3', description: 'Brain' },
  { uid: '1.2.3.4', day: '20200202', patientId: 'ANON', description: 'Knee' },
  { uid: '1.2.3.5', day: '20200203', patientId: 'ANON', description: 'Brain' },
]

describe('a table of results', () => {
  let folder: string
  let store: JobStore
  const ids = new Map<string, string>()

  const rejection = recordError(new HippoError('HEAD_NOT_FOUND', 'No head, "as it seems".'))
  const succeed = (outcome: unknown = makeOutcome()): JobEnding => ({
    state: 'succeeded',
    outcome,
    predecessorJobId: undefined,
  })

  async function endJob(uid: string, ending: JobEnding): Promise<string> {
    const study = { orthancStudyId: orthancIdOf(uid), studyInstanceUid: uid }
    const { job } = await store.enqueue({ ...study, trigger: 'hook', force: false })
    await store.claim('worker', 60_000)
    await store.finish(job.id, 'worker', ending, [])
    ids.set(uid, job.id)
    return job.id
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hippo-export-'))
    const path = join(folder, 'queue.sqlite')
    store = openSqliteJobStore({ path, clock: Date.now, createId: randomUUID })
    const first = await endJob('1.2.3.1', succeed())
    await endJob('1.2.3.1', { ...succeed(), predecessorJobId: first } as JobEnding)
    await endJob(
      '1.2.3.2',
      succeed(makeOutcome({ subject: { studyDate: '20210131', age: '093Y' } })),
    )
    await endJob('1.2.3.3', { state: 'rejected', outcome: undefined, error: rejection })
    await endJob('9.9.9', succeed(makeOutcome({ subject: undefined, norms: undefined })))
  })
  afterEach(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })

  /** The archive with what is only listed here described. */
  function archiveOf(fail = () => {}): Archive {
    const archive = makeUpArchive(known, fail)
    const describeStudies: Archive['describeStudies'] = async (asked) => {
      fail()
      const uids = known.map(({ uid }) => uid).filter((uid) => asked.includes(orthancIdOf(uid)))
      return (await archive.resolveStudies(uids)).map((study) => ({
        ...study,
        patientBirthDate: '19490615',
        patientSex: 'F',
      }))
    }
    return { ...archive, describeStudies } as unknown as Archive
  }

  async function read(
    request: Partial<Parameters<ReturnType<typeof openExport>>[0]> = {},
    archive = archiveOf(),
    pseudonymSecret: string | undefined = secret,
  ) {
    const exportCsv = openExport({ store, archive, clock: Date.now, pseudonymSecret })
    const states = ['succeeded', 'rejected', 'failed'] as const
    const asked = { states, superseded: false, pseudonymous: false, ...request }
    return text(await exportCsv(asked, never))
  }

  it('has one row for each current result and for each study that could not be measured', async () => {
    const rows = readCsv(await read())
    expect(rows.map((row) => row.study_instance_uid)).toEqual([
      '9.9.9',
      '1.2.3.3',
      '1.2.3.2',
      '1.2.3.1',
    ])
    expect(rows[3]).toMatchObject({
      ...{ patient_id: 'P1', study_date: '2020-01-31', age_years: '71', sex: 'F' },
      ...{ state: 'succeeded', error_code: '', verdict: 'warning', kind: 'head' },
      ...{ quality_warnings: 'CONFIDENCE left', series_number: '7' },
      ...{ left_anterior_mm3: '1500.12', left_total_mm3: '2900.12', right_total_mm3: '3100' },
      ...{ left_anterior_se_mm3: '118.46', left_posterior_se_mm3: '97', left_total_se_mm3: '140' },
      // Of a model that does not say.
      right_total_se_mm3: '',
      ...{ unknown_total_mm3: '', icv_mm3: '1450000', norms: 'nomis' },
      ...{ left_percentile: '10.99', left_z: '-1.235', right_percentile: '' },
      ...{ left_temporal_horn_mm3: '700.12', left_temporal_horn_se_mm3: '110.46' },
      ...{ left_occupancy: '0.8055', left_occupancy_se: '0.02' },
      ...{ right_temporal_horn_state: 'slit', right_occupancy: '' },
      ...{ asymmetry_percent: '-6.67', asymmetry_usual: 'true' },
      ...{ model_version: '1.2.3', software_version: '0.9.0', superseded: 'false' },
      job_id: ids.get('1.2.3.1'),
    })
    expect(rows[1]).toMatchObject({
      ...{ state: 'rejected', error_code: 'HEAD_NOT_FOUND', error_stage: 'localize' },
      ...{ error_message: 'No head, "as it seems".', verdict: 'rejected', left_total_mm3: '' },
      // Of what the archive keeps, where nothing was measured.
      ...{ age_years: '70', study_date: '2020-01-01' },
    })
    // The archive no longer holds it: the numbers are there, the patient is not.
    expect(rows[0]).toMatchObject({ patient_id: '', age_years: '', left_total_mm3: '2900.12' })
    expect(readCsv(await read({ superseded: true }))).toHaveLength(5)
    expect(readCsv(await read({ states: ['rejected'] }))).toHaveLength(1)
    const studies = ['1.2.3.2', orthancIdOf('1.2.3.3')]
    expect(readCsv(await read({ studies })).map((row) => row.state)).toEqual([
      'succeeded',
      'rejected',
    ])
  })

  it('runs no formula in a spreadsheet, and keeps numbers unchanged', async () => {
    const table = await read()
    const rows = readCsv(table)
    expect(rows[3]?.series_description).toBe(`'=HYPERLINK("http://x","T1, sag")`)
    expect(rows[1]?.patient_id).toBe("'-2+3")
    expect(rows[3]?.left_z).toBe('-1.235')
    const texts = rows.flatMap((row) => Object.values(row)).filter((cell) => Number.isNaN(+cell))
    expect(texts.filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([])
    for (const sign of ['+1+1', '@SUM(A1)', '\t=1', ' =1', '＝1']) {
      const verdicts = [{ ...makeOutcome().verdicts[0]!, seriesDescription: sign }]
      await endJob('1.2.3.4', succeed({ ...makeOutcome(), verdicts }))
      const [row] = readCsv(await read({ studies: ['1.2.3.4'] }))
      expect(row?.series_description).toBe(`'${sign.trim()}`)
    }
  })

  it('has its header even without rows, and lines as RFC 4180 has them', async () => {
    expect(await read({ studies: ['8.8.8'] })).toBe(`${columns.join(',')}\r\n`)
    expect((await read()).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  })

  it('gives a patient the same code in every export, without names', async () => {
    const rows = readCsv(await read({ pseudonymous: true }))
    const again = readCsv(await read({ pseudonymous: true, studies: ['1.2.3.1'] }))
    const [gone, rejected, second, first] = rows
    expect(first?.patient_id).toMatch(/^[0-9a-f]{20}$/)
    expect(second?.patient_id).toBe(first?.patient_id)
    expect(rejected?.patient_id).not.toBe(first?.patient_id)
    expect(again[0]).toEqual(first)
    expect(first?.study_instance_uid).toMatch(/^2\.25\.\d{1,39}$/)
    const days = Date.parse(second!.study_date!) - Date.parse(first!.study_date!)
    expect(days).toBe(Date.parse('2021-01-31') - Date.parse('2020-01-31'))
    expect(Date.parse(first!.study_date!)).toBeLessThan(Date.parse('2020-01-31'))
    expect(second?.age_years).toBe('90')
    expect(gone).toMatchObject({ patient_id: '', study_date: '', left_total_mm3: '2900.12' })
    const whole = await read({ pseudonymous: true })
    for (const fact of [
      'P1',
      '-2+3',
      '1.2.3.',
      '9.9.9',
      '2020-01-31',
      'HYPERLINK',
      'as it seems',
    ]) {
      expect(whole, fact).not.toContain(fact)
    }
    for (const id of ids.values()) expect(whole).not.toContain(id)
  })

  it('makes other codes with another secret, and none without one', async () => {
    const code = async (key: string) =>
      readCsv(await read({ pseudonymous: true, studies: ['1.2.3.1'] }, archiveOf(), key))[0]
    expect((await code('another secret'))?.patient_id).not.toBe((await code(secret))?.patient_id)
    const exportCsv = openExport({
      ...{ store, archive: archiveOf(), clock: Date.now, pseudonymSecret: undefined },
    })
    await expect(
      exportCsv({ states: ['succeeded'], superseded: false, pseudonymous: true }, never),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })

  it('does not merge patients with placeholder IDs', async () => {
    const query = { descriptions: ['brain', 'knee'], from: '20200202', to: '20200203' }
    const rows = readCsv(await read({ pseudonymous: true, query }))
    expect(rows).toHaveLength(2)
    expect(rows[0]?.patient_id).not.toBe(rows[1]?.patient_id)
  })

  it('of a query has every matching study of the archive, measured or not', async () => {
    const rows = readCsv(await read({ query: { descriptions: ['brain'] } }))
    expect(rows.map((row) => [row.study_instance_uid, row.state])).toEqual([
      ['1.2.3.3', 'rejected'],
      ['1.2.3.1', 'succeeded'],
      ['1.2.3.5', 'none'],
      ['1.2.3.2', 'succeeded'],
    ])
    const mine = readCsv(await read({ query: { patientIds: ['P1'] } }))
    expect(mine.map((row) => row.study_instance_uid)).toEqual(['1.2.3.1', '1.2.3.2'])
  })

  it('fails immediately if the archive is down, and aborts if it goes down later', async () => {
    const down = () => {
      throw new HippoError('ARCHIVE_UNREACHABLE', 'The archive cannot be reached.')
    }
    await expect(read({}, archiveOf(down))).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' })
    for (let count = 0; count < 100; count++) await endJob('1.2.3.5', succeed())
    let calls = 0
    const archive = archiveOf(() => {
      calls += 1
      if (calls > 1) down()
    })
    await expect(read({ superseded: true }, archive)).rejects.toThrow('cannot be reached')
  })
})
