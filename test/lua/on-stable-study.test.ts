import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parsePart10 } from '../../src/dicom/part10.ts'
import { readString } from '../../src/dicom/read-attributes.ts'
import {
  findFreePort,
  isOrthancInstalled,
  type RunningOrthanc,
  startOrthanc,
} from '../support/orthanc.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const script = new URL('../../lua/on-stable-study.lua', import.meta.url).pathname
const token = 'hook-token.of_the~test+0/1='
const jobId = '0b9f7c1e-job'

const readUid = (file: Uint8Array) => readString(parsePart10(file).dataset, 'StudyInstanceUID')!

interface Call {
  readonly url: string | undefined
  readonly method: string | undefined
  readonly authorization: string | undefined
  readonly body: Record<string, unknown>
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const accept: Answer = (_request, response) => {
  response.writeHead(202, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jobId, state: 'queued' }))
}

describe('the hook script', () => {
  it.skipIf(!existsSync('/usr/bin/luac5.3'))('is Lua that compiles', () => {
    execFileSync('/usr/bin/luac5.3', ['-p', script])
  })
})

describe.skipIf(!isOrthancInstalled())('the hook in a real Orthanc', () => {
  let orthanc: RunningOrthanc
  let listener: Server
  let port: number
  let slow = false
  const calls: Call[] = []
  /** Answers other than the agreed one, by Orthanc's identifier of the study. */
  const answers = new Map<unknown, Answer>()
  const callsFor = (studyId: string) => calls.filter(({ body }) => body.orthancStudyId === studyId)
  let count = 0

  async function listen(): Promise<void> {
    listener = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      const { url, method } = request
      const { authorization } = request.headers
      const body = JSON.parse(text)
      calls.push({ url, method, authorization, body })
      if (slow) return // never answers
      const answer = answers.get(body.orthancStudyId) ?? accept
      answer(request, response)
    }).listen(port, '127.0.0.1')
    await once(listener, 'listening')
  }

  async function readTrace(studyId: string): Promise<string> {
    const reply = await orthanc.request(`/studies/${studyId}/metadata/HippoHook`)
    return reply.ok ? reply.text() : ''
  }

  async function waitForTrace(studyId: string, pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 200; tries++) {
      const trace = await readTrace(studyId)
      if (pattern.test(trace)) return trace
      await sleep(50)
    }
    throw new Error(
      `The trace is "${await readTrace(studyId)}":\n${orthanc.readLog().slice(-2000)}`,
    )
  }

  async function sendStudy(): Promise<{ studyId: string; instanceId: string; uid: string }> {
    const [file] = writePhantomSeries({ seed: `hook ${count++}`, slices: 1 })
    const { studyId, instanceId } = await orthanc.upload(file!)
    const study = (await (await orthanc.request(`/studies/${studyId}`)).json()) as {
      MainDicomTags: { StudyInstanceUID: string }
    }
    return { studyId, instanceId, uid: study.MainDicomTags.StudyInstanceUID }
  }

  beforeAll(async () => {
    port = await findFreePort()
    await listen()
    orthanc = await startOrthanc({ hookUrl: `http://127.0.0.1:${port}/`, hookToken: token })
  })
  afterAll(async () => {
    await orthanc?.stop()
    listener?.closeAllConnections()
    listener?.close()
  })

  it.concurrent('reports a stable study once, and stores the job id on the study', async () => {
    const { studyId, uid } = await sendStudy()
    expect(await waitForTrace(studyId, /^sent/)).toBe(`sent ${jobId}`)
    expect(callsFor(studyId)).toEqual([
      {
        url: '/api/v1/stable-studies',
        method: 'POST',
        authorization: `Bearer ${token}`,
        body: {
          orthancStudyId: studyId,
          studyInstanceUid: uid,
          lastUpdate: expect.stringMatching(/^\d{8}T\d{6}$/),
        },
      },
    ])
  })

  it.concurrent('does not fire for metadata, its own included, nor for files sent again', async () => {
    const [file] = writePhantomSeries({ seed: 'quiet', slices: 1 })
    const { studyId } = await orthanc.upload(file!)
    await waitForTrace(studyId, /^sent/)
    await orthanc.request(`/studies/${studyId}/metadata/1099`, { method: 'PUT', body: 'noted' })
    await orthanc.upload(file!)
    await sleep(3000)
    expect(callsFor(studyId)).toHaveLength(1)
  })

  it.concurrent('does not fire for our own results alone, but for images that come with them', async () => {
    const [first, second] = writePhantomSeries({ seed: 'measured', slices: 2 })
    const result = (seed: string) =>
      writePhantomSeries({
        ...{ seed: `result ${seed}`, slices: 1, seriesNumber: 9003 },
        studyInstanceUid: readUid(first!),
        attributes: { Manufacturer: 'HippoVolume' },
      })[0]!
    const { studyId } = await orthanc.upload(first!)
    await waitForTrace(studyId, /^sent/)
    await orthanc.upload(result('alone'))
    await sleep(3000)
    expect(callsFor(studyId)).toHaveLength(1)
    expect(await readTrace(studyId)).toBe(`sent ${jobId}`)
    await orthanc.upload(result('with another'))
    await orthanc.upload(second!)
    for (let tries = 0; tries < 100 && callsFor(studyId).length < 2; tries++) await sleep(50)
    expect(callsFor(studyId)).toHaveLength(2)
  })

  it.concurrent('fires again when new instances arrive', async () => {
    const [first, second] = writePhantomSeries({ seed: 'growing', slices: 2 })
    const { studyId } = await orthanc.upload(first!)
    await waitForTrace(studyId, /^sent/)
    await orthanc.upload(second!)
    for (let tries = 0; tries < 100 && callsFor(studyId).length < 2; tries++) await sleep(50)
    expect(callsFor(studyId)).toHaveLength(2)
  })

  it.concurrent.each<[string, Answer]>([
    ['401', (_request, response) => response.writeHead(401).end('{"title":"no"}')],
    ['something not agreed on', (_request, response) => response.writeHead(200).end('<html>')],
    ['nothing', (_request, response) => response.writeHead(204).end()],
    ['JSON without a job', (_request, response) => response.writeHead(200).end('[1]')],
  ])('records a refusal when the service returns %s', async (_case, answer) => {
    const { studyId } = await sendStudy()
    answers.set(studyId, answer)
    expect(await waitForTrace(studyId, /^failed/)).toBe('failed the service refused')
  })

  it.concurrent('records a refusal by the rate limit, and reports the next immediately', async () => {
    const limited = await sendStudy()
    answers.set(limited.studyId, (_request, response) => {
      response.writeHead(429, { 'retry-after': '30' }).end('{"code":"TOO_MANY_REQUESTS"}')
    })
    // Orthanc 1.10 takes 429, unlike 401, for no answer at all. Either way the sweep finds the study.
    const trace = await waitForTrace(limited.studyId, /^failed/)
    expect(trace).toMatch(/^failed the service (refused|did not answer)$/)
    const next = await sendStudy()
    expect(await waitForTrace(next.studyId, /^sent/)).toBe(`sent ${jobId}`)
  })

  it('continues when the service is down, and reports again once it is back', async () => {
    listener.closeAllConnections()
    listener.close()
    await once(listener, 'close')
    const lost = await sendStudy()
    expect(await waitForTrace(lost.studyId, /^failed/)).toBe('failed the service did not answer')
    await listen()
    const next = await sendStudy()
    expect(await waitForTrace(next.studyId, /^sent/)).toBe(`sent ${jobId}`)
  })

  it('delays Orthanc by at most two seconds when the service is slow, and only once', async () => {
    slow = true
    calls.length = 0
    const studies = [await sendStudy(), await sendStudy(), await sendStudy()]
    let longest = 0
    const traces: string[] = []
    const deadline = Date.now() + 15_000
    while (traces.length < 3 && Date.now() < deadline) {
      const started = performance.now()
      await (await orthanc.request('/system')).text()
      longest = Math.max(longest, performance.now() - started)
      const state = await Promise.all(studies.map(({ studyId }) => readTrace(studyId)))
      traces.splice(0, 3, ...state.filter((trace) => trace.startsWith('failed')))
      await sleep(20)
    }
    expect(traces.toSorted()).toEqual([
      'failed the service did not answer',
      'failed the service was slow a moment ago and is left alone',
      'failed the service was slow a moment ago and is left alone',
    ])
    expect(calls).toHaveLength(1)
    console.log(`longest wait for Orthanc's REST while the hook waited: ${Math.round(longest)} ms`)
    expect(longest).toBeLessThan(2500)
  })
})

describe.skipIf(!isOrthancInstalled())(
  'the hook without usable settings',
  { concurrent: true },
  () => {
    it.concurrent.each([
      ['no token', { hookUrl: 'http://127.0.0.1:9' }, /^failed not configured$/],
      [
        'a URL of another kind',
        { hookUrl: 'ftp://x', hookToken: 'abc' },
        /^failed the service URL/,
      ],
      [
        'a token that breaks out of its header',
        { hookUrl: 'http://127.0.0.1:9', hookToken: 'abc\r\nX-Evil: 1' },
        /^failed the hook token/,
      ],
    ])('says so on the study and in the log: %s', async (_case, options, expected) => {
      const orthanc = await startOrthanc(options)
      try {
        const { studyId } = await orthanc.upload(writePhantomSeries({ slices: 1 })[0]!)
        let trace = ''
        for (let tries = 0; tries < 100 && !trace.startsWith('failed'); tries++) {
          await sleep(50)
          trace = await (await orthanc.request(`/studies/${studyId}/metadata/HippoHook`)).text()
        }
        expect(trace).toMatch(expected)
        expect(orthanc.readLog()).toContain(`HippoVolume hook: study ${studyId} not announced`)
      } finally {
        await orthanc.stop()
      }
    })

    it.concurrent('takes URL and token from the environment where it has them', async () => {
      const seen: (string | undefined)[] = []
      const listener = createServer((request, response) => {
        seen.push(request.headers.authorization)
        accept(request, response)
      }).listen(0, '127.0.0.1')
      await once(listener, 'listening')
      const { port } = listener.address() as { port: number }
      const orthanc = await startOrthanc({
        hookUrl: '',
        environment: {
          HIPPOVOLUME_URL: `http://127.0.0.1:${port}`,
          HIPPOVOLUME_HOOK_TOKEN: 'secret',
        },
      })
      try {
        await orthanc.upload(writePhantomSeries({ slices: 1 })[0]!)
        for (let tries = 0; tries < 100 && seen.length === 0; tries++) await sleep(50)
        expect(seen).toEqual(['Bearer secret'])
      } finally {
        await orthanc.stop()
        listener.closeAllConnections()
        listener.close()
      }
    })
  },
)

describe.skipIf(!isOrthancInstalled())(
  "the hook's trace where Orthanc is set up otherwise",
  { concurrent: true },
  () => {
    async function withHook(
      configuration: Record<string, unknown>,
      answer: Answer,
      use: (orthanc: RunningOrthanc, bodies: Record<string, unknown>[]) => Promise<void>,
    ): Promise<void> {
      const bodies: Record<string, unknown>[] = []
      const listener = createServer(async (request, response) => {
        let text = ''
        for await (const chunk of request) text += chunk
        bodies.push(JSON.parse(text))
        answer(request, response)
      }).listen(0, '127.0.0.1')
      await once(listener, 'listening')
      const { port } = listener.address() as { port: number }
      const hookUrl = `http://127.0.0.1:${port}`
      const orthanc = await startOrthanc({ hookUrl, hookToken: token, configuration })
      try {
        await use(orthanc, bodies)
        expect(orthanc.readLog()).not.toMatch(/E\d{4} .*Lua/)
      } finally {
        await orthanc.stop()
        listener.closeAllConnections()
        listener.close()
      }
    }
    const until = async (isSo: () => boolean | Promise<boolean>) => {
      for (let tries = 0; tries < 100 && !(await isSo()); tries++) await sleep(50)
    }
    const traceOf = async (orthanc: RunningOrthanc, studyId: string) => {
      const reply = await orthanc.request(`/studies/${studyId}/metadata/HippoHook`)
      return reply.ok ? reply.text() : ''
    }

    it.concurrent('is written once where it checks revisions, and the service is asked to write the next', () =>
      withHook({ CheckRevisions: true }, accept, async (orthanc, bodies) => {
        const [first, second] = writePhantomSeries({ seed: 'revisions', slices: 2 })
        const { studyId } = await orthanc.upload(first!)
        await until(async () => (await traceOf(orthanc, studyId)) !== '')
        expect(await traceOf(orthanc, studyId)).toBe(`sent ${jobId}`)
        await orthanc.upload(second!)
        await until(() => bodies.length === 2)
        expect(bodies.map(({ noteOnStudy }) => noteOnStudy)).toEqual([undefined, true])
      }))

    it.concurrent('tells of a refusal where it checks revisions', () =>
      withHook(
        { CheckRevisions: true },
        (_request, response) => response.writeHead(401).end('{}'),
        async (orthanc) => {
          const { studyId } = await orthanc.upload(writePhantomSeries({ slices: 1 })[0]!)
          await until(async () => (await traceOf(orthanc, studyId)) !== '')
          expect(await traceOf(orthanc, studyId)).toMatch(/^failed the service/)
        },
      ))

    it.concurrent('is left out, and the study announced, where UserMetadata has no HippoHook', () =>
      withHook({ UserMetadata: {} }, accept, async (orthanc, bodies) => {
        for (const seed of ['first', 'second']) {
          await orthanc.upload(writePhantomSeries({ seed, slices: 1 })[0]!)
        }
        await until(() => bodies.length === 2)
        await sleep(100)
        expect(bodies).toHaveLength(2)
        expect(orthanc.readLog().match(/UserMetadata has no HippoHook/g)).toHaveLength(1)
      }))
  },
)

const leaveMark = `RestApiPut('/studies/' .. studyId .. '/metadata/1100', 'seen')`
const sitesScripts = {
  plain: `function OnStableStudy(studyId) ${leaveMark} end`,
  chaining: `local before = OnStableStudy
    function OnStableStudy(studyId, tags, metadata)
      if before then before(studyId, tags, metadata) end
      ${leaveMark}
    end`,
  failing: `function OnStableStudy(studyId) ${leaveMark} error('of the site') end`,
}

describe.skipIf(!isOrthancInstalled())(
  "the hook beside the site's own function",
  { concurrent: true },
  () => {
    it.concurrent.each([
      ['before', 'plain'],
      ['after', 'plain'],
      ['before', 'chaining'],
      ['after', 'chaining'],
      ['after', 'failing'],
    ] as const)(
      'runs both, once each: theirs is loaded %s ours, and is %s',
      async (place, kind) => {
        const folder = mkdtempSync(join(tmpdir(), 'hippovolume-lua-'))
        const theirs = join(folder, 'theirs.lua')
        writeFileSync(theirs, sitesScripts[kind])
        const seen: unknown[] = []
        const listener = createServer((request, response) => {
          seen.push(request.url)
          accept(request, response)
        }).listen(0, '127.0.0.1')
        await once(listener, 'listening')
        const { port } = listener.address() as { port: number }
        const orthanc = await startOrthanc({
          hookUrl: `http://127.0.0.1:${port}`,
          hookToken: token,
          configuration: { LuaScripts: place === 'before' ? [theirs, script] : [script, theirs] },
        })
        try {
          const { studyId } = await orthanc.upload(writePhantomSeries({ slices: 1 })[0]!)
          const read = async (name: string) => {
            const reply = await orthanc.request(`/studies/${studyId}/metadata/${name}`)
            return reply.ok ? reply.text() : ''
          }
          for (let tries = 0; tries < 100 && (await read('1100')) === ''; tries++) await sleep(50)
          expect(await read('1100')).toBe('seen')
          expect(await read('HippoHook')).toBe(`sent ${jobId}`)
          expect(seen).toHaveLength(1)
        } finally {
          await orthanc.stop()
          listener.closeAllConnections()
          listener.close()
          rmSync(folder, { recursive: true, force: true })
        }
      },
    )
  },
)
