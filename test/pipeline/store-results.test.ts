import { beforeAll, describe, expect, it } from 'vitest'
import type { Archive } from '../../src/archive/archive.ts'
import { HippoError } from '../../src/errors.ts'
import { decideResult } from '../../src/pipeline/decide-result.ts'
import { storeResults } from '../../src/pipeline/store-results.ts'
import type { Job } from '../../src/queue/job.ts'
import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import { composeMadeUpResult, drawLabels, type MadeUpResult } from '../support/made-up-result.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const signal = new AbortController().signal
const step = async <T>(_stage: unknown, work: () => T | Promise<T>) => work()

/** An archive that holds these files already, by role; the rest is kept as it comes. */
function archiveWith(held: Readonly<Record<string, Uint8Array>>, stored: string[] = []): Archive {
  const files = new Map<string, Uint8Array>(Object.entries(held))
  return {
    findStudy: async () => ({}),
    storeInstance: async (file: Uint8Array) => {
      const name = nameOf(file)
      stored.push(name)
      const alreadyStored = files.has(name)
      if (!alreadyStored) files.set(name, file)
      return { orthancInstanceId: name, alreadyStored }
    },
    readInstance: async (name: string) => files.get(name),
    verifyInstance: async (name: string, file: Uint8Array) => {
      if (Buffer.compare(files.get(name) ?? new Uint8Array(0), file) === 0) return
      throw new HippoError('VERIFY_MISMATCH', 'The archive holds something else.')
    },
  } as unknown as Archive
}

let result: MadeUpResult
let older: MadeUpResult
let other: MadeUpResult
const nameOf = (file: Uint8Array) =>
  result.instances.find(({ bytes }) => Buffer.compare(bytes, file) === 0)!.role

const store = (archive: Archive) =>
  storeResults(archive, { orthancStudyId: 'study' }, result.instances, step, signal)

beforeAll(async () => {
  const files = writePhantomSeries({ columns: 16, rows: 12, slices: 10 })
  result = await composeMadeUpResult(files)
  older = await composeMadeUpResult(files, {
    identity: { analysedAt: new Date('2026-11-20T08:00:00Z') },
  })
  other = await composeMadeUpResult(files, {
    labelsOn: (volume) => {
      const map = drawLabels(volume)
      map.labels[map.labels.length - 1] = 1
      return map
    },
  })
})

describe('storing the instances of a result', () => {
  it('uploads referenced instances first', async () => {
    const stored: string[] = []
    await store(archiveWith({}, stored))
    expect(stored).toEqual([
      'segmentation',
      'measurements',
      'report',
      'details',
      'montage',
      'document',
    ])
  })

  it('waits for all read-backs when one has failed', async () => {
    let underWay = 0
    const archive = archiveWith({})
    const failing: Archive = {
      ...archive,
      verifyInstance: async (name, file) => {
        underWay++
        if (name !== 'measurements') await new Promise((done) => setTimeout(done, 20))
        underWay--
        if (name !== 'measurements') return archive.verifyInstance(name, file)
        throw new HippoError('ARCHIVE_FAILED', 'The archive failed.')
      },
    }
    await expect(store(failing)).rejects.toMatchObject({ code: 'ARCHIVE_FAILED' })
    expect(underWay).toBe(0)
  })

  it.each(['measurements', 'report', 'document'] as const)(
    'recognises an earlier copy of the %s with another time as its own',
    async (role) => {
      const stored = await store(archiveWith({ [role]: older.bytesOf(role) }))
      expect(stored).toHaveLength(6)
    },
  )

  it('accepts stored instances with the same pixels and content in another encoding', async () => {
    const archive = archiveWith({})
    const rewriting: Archive = {
      ...archive,
      readInstance: async (name) => {
        const bytes = Uint8Array.from(result.bytesOf(name as 'segmentation'))
        bytes[0] = 1 // the preamble is nobody's
        return bytes
      },
      verifyInstance: async () => {
        throw new HippoError('VERIFY_MISMATCH', 'The archive holds other bytes.')
      },
    }
    await expect(store(rewriting)).resolves.toHaveLength(6)
  })

  it('does not combine numbers with a segmentation of other voxels', async () => {
    const archive = archiveWith({ segmentation: other.bytesOf('segmentation') })
    await expect(store(archive)).rejects.toMatchObject({ code: 'VERIFY_MISMATCH' })
  })

  it('does not accept a foreign instance under its UID', async () => {
    const [foreign] = writePhantomSeries({ slices: 1 })
    await expect(store(archiveWith({ report: foreign! }))).rejects.toMatchObject({
      code: 'VERIFY_MISMATCH',
    })
  })
})

describe('a result of which a part is in the archive and no job knows', () => {
  it.each(['segmentation', 'measurements', 'report', 'details', 'montage', 'document'] as const)(
    'is completed with the time of the existing %s',
    async (role) => {
      const there = older.instances.find((instance) => instance.role === role)!
      const instance = { sopInstanceUid: there.sopInstanceUid, orthancInstanceId: 'there' }
      const { dataset } = older.measured.instances[0]!
      const uid = (tag: string) => dataset.parsed.string(tag)!
      const decision = await decideResult(
        { force: false, trigger: 'sweep', runNumber: 0, createdAt: 1_790_000_000_000 } as Job,
        {
          studyInstanceUid: uid('x0020000d'),
          sourceSeriesInstanceUid: uid('x0020000e'),
          contentDigest: older.contentDigest,
          modelSha256: 'ab'.repeat(32),
          softwareVersion: '0.1.0',
          configDigest: 'c0ffee',
        },
        {
          series: [{ instances: [instance] } as unknown as SeriesFacts],
          succeededJobs: [],
          recentJobs: [],
        },
        { readInstance: async () => there.bytes } as unknown as Archive,
        signal,
      )
      expect(decision).toMatchObject({
        kind: 'make',
        identity: { runNumber: 0, analysedAt: new Date('2026-11-20T08:00:00Z') },
      })
    },
  )
})
