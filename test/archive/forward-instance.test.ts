import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, createArchive } from '../../src/archive/archive.ts'
import type { ForwardTarget, TransferState } from '../../src/archive/forward-instance.ts'
import {
  findFreePort,
  isOrthancInstalled,
  type RunningOrthanc,
  startOrthanc,
} from '../support/orthanc.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'
import { isStorescpInstalled, prepareStorescp, type RunningStorescp } from '../support/storescp.ts'

const isInstalled = isOrthancInstalled() && isStorescpInstalled()
const modality = (name: string): ForwardTarget => ({ kind: 'modality', name })
const peer = (name: string): ForwardTarget => ({ kind: 'peer', name })

describe.skipIf(!isInstalled)('sending an instance on from the archive', () => {
  let orthanc: RunningOrthanc
  let second: RunningOrthanc
  let scp: RunningStorescp
  let archive: Archive
  let instanceId: string
  const [file] = writePhantomSeries({ seed: 'forwarded', slices: 1 })

  beforeAll(async () => {
    scp = await prepareStorescp()
    second = await startOrthanc({ configuration: { DicomCheckCalledAet: false } })
    const free = await findFreePort()
    const { user, password } = second
    orthanc = await startOrthanc({
      configuration: {
        DicomModalities: {
          scp: ['STORESCP', '127.0.0.1', scp.port],
          second: [second.aet, '127.0.0.1', second.dicomPort],
        },
        OrthancPeers: {
          second: [second.url, user, password],
          stranger: [second.url, user, 'wrong'],
          down: [`http://127.0.0.1:${free}`],
        },
      },
    })
    archive = createArchive({
      url: orthanc.url,
      user: orthanc.user,
      password: orthanc.password,
      dicomWebRoot: '/dicom-web',
      connections: 4,
      timeoutMilliseconds: 5_000,
    })
    instanceId = (await orthanc.upload(file!)).instanceId
  })
  afterAll(async () => {
    await archive?.close()
    await Promise.all([orthanc?.stop(), second?.stop(), scp?.stop()])
  })

  async function follow(target: ForwardTarget): Promise<TransferState | undefined> {
    const job = await archive.startTransfer(target, instanceId)
    for (;;) {
      const state = await archive.readTransfer(job)
      if (state?.kind !== 'underway') return state
      await sleep(20)
    }
  }

  async function fileAtSecond(): Promise<Buffer | undefined> {
    const answer = await second.request(`/instances/${instanceId}/file`)
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined
  }

  it('reaches a peer and a modality, byte for byte', async () => {
    for (const target of [peer('second'), modality('second')]) {
      await second.request(`/instances/${instanceId}`, { method: 'DELETE' })
      expect(await follow(target)).toEqual({ kind: 'sent' })
      const arrived = await fileAtSecond()
      // What follows the file's own header (which names its writer) is the data set.
      const tail = (bytes: Uint8Array) => Buffer.from(bytes).subarray(-3000)
      expect(Buffer.compare(tail(arrived!), tail(file!))).toBe(0)
    }
  })

  it('reaches storescp', async () => {
    await scp.start()
    expect(await follow(modality('scp'))).toEqual({ kind: 'sent' })
    expect([...scp.files().keys()]).toHaveLength(1)
  })

  it.each([
    ['refuses the association', ['--refuse'], /Association Rejected/],
    ['aborts in the middle', ['--abort-during'], /aborted Association/],
    ['aborts before it answers', ['--abort-after'], /aborted Association|Failed/i],
  ])('reports why it failed when storescp %s', async (_, options, reason) => {
    await scp.start(...options)
    const state = await follow(modality('scp'))
    expect(state).toEqual({ kind: 'failed', reason: expect.stringMatching(reason) })
  })

  it('reports why it failed when nothing listens', async () => {
    await scp.kill()
    const refused = expect.stringMatching(
      /connection refused|connect to server|TCP Initialization Error/i,
    )
    for (const target of [modality('scp'), peer('down')]) {
      expect(await follow(target)).toEqual({ kind: 'failed', reason: refused })
    }
  })

  it('reports that a peer does not accept the account', async () => {
    expect(await follow(peer('stranger'))).toMatchObject({ kind: 'failed' })
  })

  it.each([modality('nobody'), peer('nobody'), modality('second/../x')])(
    'reports that the archive does not know the target %o',
    async (target) => {
      await expect(archive.startTransfer(target, instanceId)).rejects.toMatchObject({
        code: 'FORWARD_TARGET_UNKNOWN',
        stage: 'forward',
        retryable: false,
        message: expect.stringContaining(target.name),
      })
    },
  )

  it('says that the instance is gone from the archive', async () => {
    const gone = '00000000-00000000-00000000-00000000-00000000'
    await expect(archive.startTransfer(peer('second'), gone)).rejects.toMatchObject({
      code: 'FORWARD_RESULT_MISSING',
      retryable: false,
    })
  })

  it('returns undefined for a job that Orthanc has removed', async () => {
    expect(await archive.readTransfer('00000000-0000-0000-0000-000000000000')).toBeUndefined()
  })

  it('ends a transfer that takes too long', async () => {
    await scp.start('--sleep-during', '30')
    const job = await archive.startTransfer(modality('scp'), instanceId)
    expect(await archive.readTransfer(job)).toEqual({ kind: 'underway' })
    await archive.cancelTransfer(job)
    await scp.kill()
    const deadline = Date.now() + 10_000
    let state = await archive.readTransfer(job)
    while (state?.kind === 'underway' && Date.now() < deadline) {
      await sleep(50)
      state = await archive.readTransfer(job)
    }
    expect(state).toMatchObject({ kind: 'failed' })
    await archive.cancelTransfer(job)
    await archive.cancelTransfer('00000000-0000-0000-0000-000000000000')
  })
})
