import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readReport } from '../../src/outcome/read-report.ts'
import { openReportFiles, type ReportFiles } from '../../src/outcome/report-files.ts'
import type { Job } from '../../src/queue/job.ts'

const page = (text: string) => new TextEncoder().encode(text)

describe('the pages kept for the API', () => {
  let folder: string
  let files: ReportFiles

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-reports-'))
    files = await openReportFiles(join(folder, 'reports'))
    await files.write('first', page('page one'))
    await files.write('second', page('page two'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const stored = (role: string, orthancInstanceId: string) => ({ role, orthancInstanceId })
  const jobs: Record<string, Partial<Job>> = {
    first: { id: 'first', supersededByJobId: 'second' },
    second: { id: 'second' },
    looked: { id: 'looked', outcome: { sameAsJobId: 'second' } },
    elsewhere: {
      id: 'elsewhere',
      outcome: { result: { stored: [stored('segmentation', 'a'), stored('report', 'b')] } },
    },
    rejected: { id: 'rejected', outcome: { rejection: { stored: [stored('rejection', 'c')] } } },
    gone: { id: 'gone', outcome: { result: { stored: [stored('report', 'd')] } } },
    'looked before': { id: 'looked before', outcome: { sameAsJobId: 'first' } },
  }
  const read = async (jobId: string) => {
    const png = await readReport(jobId, {
      findJob: async (id) => jobs[id] as Job | undefined,
      files,
      render: async (id) => (id === 'd' ? undefined : page(`page ${id} of the archive`)),
      mark: async (bytes, note) => page(`${new TextDecoder().decode(bytes)}: ${note}`),
    })
    return png && new TextDecoder().decode(png)
  }

  it('are read back unchanged, without partial files', async () => {
    await files.write('second', page('page two'))
    expect(await read('second')).toBe('page two')
    expect(readdirSync(join(folder, 'reports')).sort()).toEqual(['first.png', 'second.png'])
  })

  it('are marked where a newer result replaced them', async () => {
    expect(await read('first')).toBe('page one: Replaced by the result of job second')
  })

  it('are those of the earlier job if nothing was new', async () => {
    expect(await read('looked')).toBe('page two')
    expect(await read('looked before')).toMatch(/^page one: Replaced/)
  })

  it('come from the archive if another process made them', async () => {
    expect(await read('elsewhere')).toBe('page b of the archive')
    expect(await read('rejected')).toBe('page c of the archive')
    expect(await read('gone')).toBeUndefined()
  })

  it('are undefined for a job without a page, and for an unknown job', async () => {
    expect(await files.read('../../etc/passwd')).toBeUndefined()
    expect(await read('nobody')).toBeUndefined()
  })
})
