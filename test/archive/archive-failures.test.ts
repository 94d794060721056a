import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as forward, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, createArchive } from '../../src/archive/archive.ts'
import {
  findFreePort,
  isOrthancInstalled,
  type RunningOrthanc,
  startOrthanc,
} from '../support/orthanc.ts'

const study = '12345678-12345678-12345678-12345678-12345678'
const series = {
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.4',
  instances: [
    { sopInstanceUid: '1.2.3.4.5', orthancInstanceId: study, revision: 'a' },
    { sopInstanceUid: '1.2.3.4.6', orthancInstanceId: study, revision: 'b' },
  ],
}

const archives: Archive[] = []
const servers: Server[] = []

function open(url: string, options: Partial<Parameters<typeof createArchive>[0]> = {}): Archive {
  const archive = createArchive({
    url,
    user: 'user',
    password: 'secret',
    dicomWebRoot: '/dicom-web',
    connections: 2,
    timeoutMilliseconds: 300,
    ...options,
  })
  archives.push(archive)
  return archive
}

/** A staged archive for what a real one cannot be made to do. */
async function stage(listener: RequestListener): Promise<{ archive: Archive; paths: string[] }> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`)
    request.resume()
    listener(request, response)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { archive: open(`http://127.0.0.1:${port}`), paths }
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await Promise.all(archives.splice(0).map((archive) => archive.close()))
})

const studyJson = JSON.stringify({
  ID: study,
  IsStable: true,
  LastUpdate: '20260101T000000',
  MainDicomTags: { StudyInstanceUID: '1.2.3' },
})
const orthancError = (status: number) =>
  JSON.stringify({ HttpStatus: 500, OrthancStatus: status, Message: 'Cannot write to file' })

describe('the catalogue of a study that was analysed before', () => {
  it('lists our own results without reading their files, in the order of series numbers', async () => {
    const instance = (id: string, parent: string) => ({
      ID: id,
      FileUuid: `file of ${id}`,
      ParentSeries: parent,
      MainDicomTags: { SOPInstanceUID: `1.2.${id}` },
    })
    const answers: Record<string, unknown> = {
      [`/studies/${study}`]: JSON.parse(studyJson),
      [`/studies/${study}/series?expand`]: [
        {
          ID: 'ours',
          MainDicomTags: {
            SeriesInstanceUID: '1.2.2',
            Manufacturer: 'HippoVolume',
            Modality: 'SEG',
            SeriesNumber: '9002',
          },
        },
        { ID: 'head', MainDicomTags: { SeriesInstanceUID: '1.2.1', Manufacturer: 'SIEMENS' } },
      ],
      [`/studies/${study}/instances?expand`]: [instance('11', 'head'), instance('22', 'ours')],
      '/instances/11/simplified-tags': { Manufacturer: 'SIEMENS', Modality: 'MR' },
    }
    const { archive, paths } = await stage(({ url }, response) => {
      const answer = answers[url ?? '']
      response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer))
    })
    const catalogue = await archive.readCatalogue(study)
    expect(catalogue.series).toMatchObject([
      { seriesInstanceUid: '1.2.1', modality: 'MR', isOwnResult: false },
      { modality: 'SEG', seriesNumber: 9002, isOwnResult: true, instances: [{}] },
    ])
    expect(paths.filter((path) => path.includes('simplified-tags'))).toEqual([
      'GET /instances/11/simplified-tags',
    ])
  })
})

describe('an archive that fails', () => {
  it('is unreachable when nothing listens', async () => {
    const archive = open(`http://127.0.0.1:${await findFreePort()}`)
    await expect(archive.ping({ stage: 'startup' })).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
      stage: 'startup',
      retryable: true,
      details: { cause: 'ECONNREFUSED' },
    })
  })

  it('is too slow when it never answers', async () => {
    const { archive, paths } = await stage(() => {})
    await expect(archive.findStudy(study)).rejects.toMatchObject({
      code: 'ARCHIVE_TIMEOUT',
      stage: 'catalogue',
      retryable: true,
    })
    expect(paths).toHaveLength(1)
  })

  it('is too slow when it stops in the middle of a response', async () => {
    const { archive } = await stage((_request, response) => {
      response.writeHead(200, { 'content-type': 'multipart/related; boundary=b' })
      response.write('--b\r\n\r\nsome bytes')
    })
    await expect(archive.fetchSeries(series, { maximumBytes: 1e6 })).rejects.toMatchObject({
      code: 'ARCHIVE_TIMEOUT',
      stage: 'fetch',
    })
  })

  it('is too slow when its response trickles endlessly', async () => {
    const { archive } = await stage((_request, response) => {
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
    })
    const started = performance.now()
    await expect(archive.findStudy(study)).rejects.toMatchObject({ code: 'ARCHIVE_TIMEOUT' })
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it.each([401, 403])('does not accept our account with status %i', async (status) => {
    const { archive } = await stage((_request, response) => response.writeHead(status).end())
    await expect(archive.findStudy(study)).rejects.toMatchObject({
      code: 'ARCHIVE_UNAUTHORIZED',
      retryable: true,
    })
  })

  it('is retried immediately when a connection drops, at most twice', async () => {
    let drops = 2
    const { archive, paths } = await stage((request, response) => {
      if (drops-- > 0) request.socket.destroy()
      else response.end(studyJson)
    })
    expect((await archive.findStudy(study)).orthancStudyId).toBe(study)
    expect(paths).toHaveLength(3)
    drops = 3
    await expect(archive.findStudy(study)).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' })
    expect(paths).toHaveLength(6)
  })

  it('is retried from the start when the transfer of a series is interrupted', async () => {
    let breaks = 1
    const { archive } = await stage((request, response) => {
      response.writeHead(200, { 'content-type': 'multipart/related; boundary=b' })
      response.write('--b\r\n\r\nfirst\r\n--b\r\n\r\nsec', () => {
        if (breaks-- > 0) request.socket.destroy()
        else response.end('ond\r\n--b--')
      })
    })
    const files = await archive.fetchSeries(series, { maximumBytes: 1e6 })
    expect(files.map((file) => Buffer.from(file).toString())).toEqual(['first', 'second'])
  })

  it('is retried while a proxy reports it as unavailable', async () => {
    let away = 1
    const { archive, paths } = await stage((_request, response) => {
      response.writeHead(away-- > 0 ? 503 : 200).end(studyJson)
    })
    await archive.findStudy(study)
    expect(paths).toHaveLength(2)
    away = 9
    await expect(archive.findStudy(study)).rejects.toMatchObject({
      code: 'ARCHIVE_FAILED',
      details: { status: 503 },
    })
  })

  it('is not retried after an error of its own', async () => {
    const { archive, paths } = await stage((_request, response) => response.writeHead(500).end())
    await expect(archive.findStudy(study)).rejects.toMatchObject({ code: 'ARCHIVE_FAILED' })
    expect(paths).toHaveLength(1)
  })

  it.each([
    [507, ''],
    [500, orthancError(14)],
    [500, orthancError(19)],
    [500, orthancError(1009)],
  ])('is full when a store ends with status %i %s', async (status, body) => {
    const { archive } = await stage((_request, response) => response.writeHead(status).end(body))
    await expect(archive.storeInstance(Buffer.from('x'))).rejects.toMatchObject({
      code: 'ARCHIVE_FULL',
      stage: 'store',
      retryable: true,
    })
  })

  it('only failed when a store ends with another error of its own', async () => {
    const { archive } = await stage((_request, response) => {
      response.writeHead(500).end(orthancError(11))
    })
    await expect(archive.storeInstance(Buffer.from('x'))).rejects.toMatchObject({
      code: 'ARCHIVE_FAILED',
      stage: 'store',
    })
  })

  it('refused when a filter of the site dropped the result', async () => {
    const { archive } = await stage((_request, response) => {
      response.end(JSON.stringify({ ID: study, Status: 'FilteredOut' }))
    })
    await expect(archive.storeInstance(Buffer.from('x'))).rejects.toMatchObject({
      code: 'STORE_REFUSED',
    })
  })

  it.each([
    ['a page instead of JSON', '<html>'],
    ['JSON of another shape', '{"ID":7}'],
    ['nothing', ''],
  ])('gives an unexpected response: %s', async (_case, body) => {
    const { archive } = await stage((_request, response) => response.end(body))
    await expect(archive.findStudy(study)).rejects.toMatchObject({
      code: 'ARCHIVE_ANSWER_INVALID',
      retryable: true,
    })
  })

  it('gives an unexpected response if a series is not multipart', async () => {
    const { archive } = await stage((_request, response) => response.end('<html>'))
    await expect(archive.fetchSeries(series, { maximumBytes: 1e6 })).rejects.toMatchObject({
      code: 'ARCHIVE_ANSWER_INVALID',
      stage: 'fetch',
    })
  })

  it('contains an empty study', async () => {
    const { archive } = await stage((request, response) => {
      response.end(request.url?.includes('expand') ? '[]' : studyJson)
    })
    await expect(archive.readCatalogue(study)).rejects.toMatchObject({ code: 'STUDY_EMPTY' })
  })

  it('is abandoned immediately when the caller aborts', async () => {
    const { archive } = await stage(() => {})
    const controller = new AbortController()
    const waiting = archive.findStudy(study, { signal: controller.signal })
    const reason = new Error('cancelled')
    setTimeout(() => controller.abort(reason), 20)
    await expect(waiting).rejects.toBe(reason)
  })

  it('is found below a path of a proxy', async () => {
    const { paths } = await stage((_request, response) => response.end(studyJson))
    const { port } = servers[0]!.address() as { port: number }
    await open(`http://127.0.0.1:${port}/pacs/orthanc/`).findStudy(study)
    expect(paths).toEqual([`GET /pacs/orthanc/studies/${study}`])
  })
})

describe.skipIf(!isOrthancInstalled())('a real Orthanc', () => {
  let orthanc: RunningOrthanc
  let proxy: Server
  let folder: string
  let proxyUrl: string

  function runOpenssl(...words: string[]): void {
    execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
  }

  beforeAll(async () => {
    orthanc = await startOrthanc()
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-ca-'))
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1')
    // A site's own authority, and a server certificate signed by it.
    runOpenssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Site')
    runOpenssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=pacs')
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names']
    runOpenssl('x509', '-req', '-in', 'server.csr', ...signer, '-out', 'server.pem')
    proxy = createTlsServer(
      {
        key: readFileSync(join(folder, 'server.key')),
        cert: readFileSync(join(folder, 'server.pem')),
      },
      (request, response) => {
        const { method, headers, url } = request
        const target = `${orthanc.url}${url}`
        const onward = forward(target, { method: method!, headers }, (answer) => {
          response.writeHead(answer.statusCode!, answer.headers)
          answer.pipe(response)
        })
        request.pipe(onward)
      },
    ).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    proxyUrl = `https://127.0.0.1:${(proxy.address() as { port: number }).port}`
  })
  afterAll(async () => {
    proxy?.closeAllConnections()
    proxy?.close()
    rmSync(folder, { recursive: true, force: true })
    await orthanc?.stop()
  })

  it('refuses a wrong password', async () => {
    const archive = open(orthanc.url, { user: orthanc.user, password: 'wrong' })
    await expect(archive.ping()).rejects.toMatchObject({ code: 'ARCHIVE_UNAUTHORIZED' })
  })

  it('is reached through HTTPS with the authority of the site', async () => {
    const { user, password } = orthanc
    const certificateAuthority = readFileSync(join(folder, 'ca.pem'), 'utf8')
    const archive = open(proxyUrl, { user, password, certificateAuthority })
    expect((await archive.ping()).hasDicomWeb).toBe(true)
  })

  it('is not trusted without it, and the error names the setting', async () => {
    const { user, password } = orthanc
    await expect(open(proxyUrl, { user, password }).ping()).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
      message: expect.stringContaining('ORTHANC_CA_FILE'),
    })
  })

  it('is unreachable while it is killed and works again once it is back', async () => {
    const { user, password } = orthanc
    const archive = open(orthanc.url, { user, password, timeoutMilliseconds: 5000 })
    await archive.ping()
    await orthanc.kill()
    await expect(archive.ping()).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' })
    await orthanc.start()
    expect((await archive.ping()).hasDicomWeb).toBe(true)
  })
})
