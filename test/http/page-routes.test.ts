import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jobStates, jobTriggers } from '../../src/queue/job.ts'
import { createTestApp, type TestApp } from './test-app.ts'

/** Everything together, as the browser gets it without compression. */
const sizeLimit = 150_000

describe("the operators' page", () => {
  let test: TestApp
  const get = (url: string, headers: Record<string, string> = {}) =>
    test.app.inject({ url, headers })

  beforeEach(async () => {
    test = await createTestApp()
  })
  afterEach(() => test.close())

  /** Addresses that the shell names. */
  async function listAssets(): Promise<string[]> {
    const { body } = await get('/')
    const named = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
    return [...new Set(named)]
  }

  it('is open to all and contains no data', async () => {
    const answer = await get('/?state=failed&job=x')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.body).toBe((await get('/')).body)
  })

  it('allows no script and no style but its own files and its import map', async () => {
    const { headers, body } = await get('/')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*|http/)
    const map = /<script type="importmap">(.*?)<\/script>/s.exec(body)?.[1] ?? ''
    const digest = createHash('sha256').update(map).digest('base64')
    expect(policy).toContain(`script-src 'self' 'sha256-${digest}'`)
    expect(body).not.toMatch(/<style|style=|onclick/i)
    expect(body.match(/<script/g)).toHaveLength(2)
  })

  it('gets states and triggers of the filters from the shell', async () => {
    const { body } = await get('/')
    expect(body).toContain(`<meta name="job-states" content="${jobStates.join(' ')}">`)
    expect(body).toContain(`<meta name="job-triggers" content="${jobTriggers.join(' ')}">`)
  })

  it('finds every file that the shell and its scripts name', async () => {
    const { body } = await get('/')
    const map = JSON.parse(/<script type="importmap">(.*?)<\/script>/s.exec(body)?.[1] ?? '')
    const assets = await listAssets()
    expect(assets).toEqual(expect.arrayContaining(Object.values(map.imports)))
    for (const path of assets) {
      const answer = await get(path)
      expect(answer.statusCode, path).toBe(200)
      const code = answer.body.replaceAll(/\/\*\*.*?\*\//gs, '')
      for (const [, specifier = ''] of code.matchAll(/[}\s]from ?["']([^"']+)["']/g)) {
        const isKnown = specifier.startsWith('./')
          ? assets.includes(`/assets/${specifier.slice(2)}`)
          : specifier in map.imports
        expect(isKnown, `${specifier} in ${path}`).toBe(true)
      }
    }
  })

  it('is small', async () => {
    let whole = 0
    let compressed = 0
    for (const path of ['/', ...(await listAssets())]) {
      whole += (await get(path)).rawPayload.length
      const packed = (await get(path, { 'accept-encoding': 'gzip, br' })).rawPayload
      compressed += packed.length
      expect(gunzipSync(packed).length).toBeGreaterThan(0)
    }
    console.log(`The page: ${whole} bytes, ${compressed} compressed.`)
    expect(whole).toBeLessThan(sizeLimit)
    expect(compressed).toBeLessThan(56_000)
  })

  it('is revalidated each time, but sent only after a change', async () => {
    const first = await get('/assets/main.js')
    expect(first.headers['cache-control']).toBe('no-cache')
    const etag = String(first.headers.etag)
    const second = await get('/assets/main.js', { 'if-none-match': etag })
    expect(second.statusCode).toBe(304)
    expect(second.rawPayload).toHaveLength(0)
  })

  it.each([
    '/assets/',
    '/assets/unknown.js',
    '/assets/index.html',
    '/assets/tsconfig.json',
    '/assets/../api-types.ts',
    '/assets/%2e%2e/api-types.ts',
    '/assets/..%2fapi-types.ts',
    '/assets/lib/../../../package.json',
  ])('has nothing at %s', async (path) => {
    const { statusCode } = await get(path)
    // Paths that leave the folder are no longer the page's, and need a token.
    expect([401, 404]).toContain(statusCode)
  })
})
