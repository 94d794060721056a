import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryPath } from '../../tools/repository-path.ts'
import { decodeIncludeFields, dropLinearVoiLutFunction } from '../../tools/viewer/dicomweb-fixes.ts'
import { viewerLink } from '../../tools/viewer/viewer-links.ts'
import { buildViewerProxy } from '../../tools/viewer/viewer-proxy.ts'
import { isOrthancInstalled, startOrthanc } from '../support/orthanc.ts'

describe('fixes between OHIF and Orthanc', () => {
  it('sends commas of includefield unescaped, and nothing else', () => {
    expect(decodeIncludeFields('a=1%2C2&includefield=x%2Cy%2cz&limit=5')).toBe(
      'a=1%2C2&includefield=x,y,z&limit=5',
    )
  })

  it('omits VOILUTFunction LINEAR and keeps others', () => {
    const metadata = [
      { '00281056': { vr: 'CS', Value: ['LINEAR'] }, '00280010': { vr: 'US', Value: [4] } },
      { '00281056': { vr: 'CS', Value: ['SIGMOID'] } },
    ]
    expect(JSON.parse(dropLinearVoiLutFunction(JSON.stringify(metadata)))).toEqual([
      { '00280010': { vr: 'US', Value: [4] } },
      { '00281056': { vr: 'CS', Value: ['SIGMOID'] } },
    ])
  })
})

describe('a link into the viewer', () => {
  it('names the study and the series to open', () => {
    expect(viewerLink('http://localhost:3000', '1.2', '3.4')).toBe(
      'http://localhost:3000/viewer?StudyInstanceUIDs=1.2&initialSeriesInstanceUID=3.4',
    )
  })
})

describe('the viewer behind one address', () => {
  let folder = ''
  let archive: FastifyInstance
  let proxy: FastifyInstance
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-viewer-test-'))
    writeFileSync(join(folder, 'index.html'), '<title>viewer</title>')
    writeFileSync(join(folder, 'codec.wasm'), '')
    archive = Fastify()
    archive.get('/dicom-web/*', (request, reply) =>
      request.url.endsWith('/metadata')
        ? reply.send([{ '00281056': { Value: ['LINEAR'] } }])
        : reply.send({ url: request.url, ...request.headers }),
    )
    const orthancUrl = await archive.listen({ host: '127.0.0.1', port: 0 })
    proxy = await buildViewerProxy({ viewerFolder: folder, orthancUrl, user: 'v', password: 'p' })
  })
  afterAll(async () => {
    await proxy.close()
    await archive.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('reads the archive with its own account, whatever the browser sends', async () => {
    const answer = await proxy.inject({
      url: '/dicom-web/studies?includefield=a%2Cb',
      headers: { authorization: 'Basic c3RvbGVu', host: 'viewer.test:3000' },
    })
    expect(answer.json()).toMatchObject({
      url: '/dicom-web/studies?includefield=a,b',
      authorization: `Basic ${Buffer.from('v:p').toString('base64')}`,
      host: 'viewer.test:3000',
    })
  })

  it('allows only reading', async () => {
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      expect((await proxy.inject({ method, url: '/dicom-web/studies' })).statusCode).toBe(404)
    }
  })

  it('corrects metadata on the way', async () => {
    const answer = await proxy.inject('/dicom-web/studies/1/metadata')
    expect(answer.json()).toEqual([{}])
  })

  it('serves its own pages with index.html, missing files with 404, and correct types', async () => {
    const page = await proxy.inject('/viewer?StudyInstanceUIDs=1.2.3')
    expect(page.body).toContain('viewer')
    expect(page.headers['content-type']).toContain('text/html')
    expect((await proxy.inject('/gone.js')).statusCode).toBe(404)
    expect((await proxy.inject('/codec.wasm')).headers['content-type']).toBe('application/wasm')
    const config = await proxy.inject('/app-config.js')
    expect(config.body).toContain('/dicom-web')
    expect(config.headers['content-type']).toContain('javascript')
  })
})

describe.skipIf(!isOrthancInstalled())("the viewer's account in a real Orthanc", () => {
  it('may read DICOMweb and nothing else', async () => {
    const orthanc = await startOrthanc({
      configuration: {
        AuthenticationEnabled: false,
        LuaScripts: [repositoryPath('orthanc/viewer/read-only-account.lua')],
      },
    })
    try {
      // Without authentication Orthanc still hands the name to the filter.
      const ask = async (method: string, path: string, user: string) => {
        const authorization = `Basic ${Buffer.from(`${user}:x`).toString('base64')}`
        return (await fetch(`${orthanc.url}${path}`, { method, headers: { authorization } })).status
      }
      expect(await ask('GET', '/dicom-web/studies', 'viewer')).toBe(200)
      expect(await ask('GET', '/system', 'viewer')).toBe(403)
      expect(await ask('POST', '/dicom-web/studies', 'viewer')).toBe(403)
      expect(await ask('DELETE', '/dicom-web/studies/1', 'viewer')).toBe(403)
      expect(await ask('GET', '/system', 'somebody')).toBe(200)
    } finally {
      await orthanc.stop()
    }
  })
})
