import { createHmac } from 'node:crypto'
import { generateKeyPair } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { type ReadAccessToken, readAccessTokens } from '../../src/access/access-tokens.ts'
import { audience, type Issuer, issuer, now, startIssuer } from './issuer.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('an OIDC access token', () => {
  let source: Issuer
  let time: number
  let read: ReadAccessToken
  const open = (more: { rolesClaim?: string; rolePrefix?: string } = {}) =>
    readAccessTokens({
      issuer,
      audience,
      jwksUrl: 'https://id.hospital.example/keys',
      rolesClaim: 'roles',
      rolePrefix: 'hippovolume-',
      clock: () => time * 1000,
      fetch: source.fetch,
      ...more,
    })

  beforeEach(async () => {
    source = await startIssuer()
    time = now
    read = open()
  })

  it('gives the principal and its role', async () => {
    expect(await read(await source.sign())).toEqual({
      name: 'c.bauer',
      role: 'operator',
      by: 'oidc',
    })
  })

  it('gives the highest of its roles, and none for unknown names', async () => {
    const roleOf = async (roles: unknown) => (await read(await source.sign({ roles })))?.role
    expect(await roleOf(['hippovolume-reader', 'hippovolume-admin', 'x'])).toBe('admin')
    expect(await roleOf('openid hippovolume-reader')).toBe('reader')
    for (const roles of [[], ['admin'], ['hippovolume-hook'], { admin: true }, 7, null]) {
      expect(await roleOf(roles), JSON.stringify(roles)).toBe('none')
    }
  })

  it('may have its roles at a nested path, or under a name with dots', async () => {
    const claim = 'https://hippovolume.example/roles'
    const roles = ['hippovolume-reader']
    read = open({ rolesClaim: 'realm_access.roles' })
    expect(await read(await source.sign({ realm_access: { roles } }))).toMatchObject({
      role: 'reader',
    })
    read = open({ rolesClaim: claim })
    expect(await read(await source.sign({ [claim]: roles }))).toMatchObject({ role: 'reader' })
    read = open({ rolesClaim: '__proto__.roles' })
    expect(await read(await source.sign())).toMatchObject({ role: 'none' })
  })

  it('is ignored without a request if it is not such a token', async () => {
    for (const text of ['', 'api-token-0123456789', 'a.b', 'a.b.c.d', 'ä.b.c']) {
      expect(await read(text)).toBeUndefined()
    }
    expect(source.fetches).toBe(0)
  })

  it.each([
    ['expired a minute ago', { exp: now - 60 }],
    ['not yet valid', { nbf: now + 60 }],
    ['without an end', { exp: undefined as never }],
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['of an issuer that only begins like ours', { iss: `${issuer}/` }],
    ['for another audience', { aud: 'pacs' }],
    ['for nobody in particular', { aud: undefined as never }],
    ['without subject', { sub: undefined as never }],
    ['with an empty subject', { sub: '' }],
    ['with an endless subject', { sub: 'x'.repeat(256) }],
  ])('%s is refused', async (_, claims) => {
    await expect(read(await source.sign(claims))).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it('tolerates a clock difference of 20 s', async () => {
    expect(await read(await source.sign({ exp: now - 20 }))).toMatchObject({ name: 'c.bauer' })
    expect(await read(await source.sign({ nbf: now + 20 }))).toMatchObject({ name: 'c.bauer' })
  })

  it('for several audiences is valid if one is ours', async () => {
    const token = await source.sign({ aud: ['pacs', audience] })
    expect(await read(token)).toMatchObject({ name: 'c.bauer' })
  })

  it('with a changed claim is refused', async () => {
    const [head, , signature] = (await source.sign()).split('.')
    const forged = `${head}.${encode(source.claims({ roles: ['hippovolume-admin'] }))}.${signature}`
    await expect(read(forged)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it("signed by another's key under our key's name is refused", async () => {
    const { privateKey } = await generateKeyPair('RS256')
    const forged = await source.sign({}, 'one', privateKey)
    await expect(read(forged)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it.each(['none', 'None', 'nOnE'])(
    'with the algorithm %s is refused without fetching keys',
    async (alg) => {
      const claims = encode(source.claims())
      for (const signature of ['', 'AAAA']) {
        const forged = `${encode({ alg, kid: 'one' })}.${claims}.${signature}`
        await expect(read(forged)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
      }
      expect(source.fetches).toBe(0)
    },
  )

  it('signed by HS256 with the public key as secret is refused without fetching keys', async () => {
    const text = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(source.claims())}`
    for (const secret of [
      source.publicKey,
      source.publicKey.trim(),
      JSON.stringify(source.keys[0]),
    ]) {
      const signature = createHmac('sha256', secret).update(text).digest('base64url')
      await expect(read(`${text}.${signature}`)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    }
    expect(source.fetches).toBe(0)
  })

  it('with an embedded key is refused', async () => {
    const other = await startIssuer()
    const head = { alg: 'RS256', jwk: other.keys[0], jku: 'https://elsewhere.example/keys' }
    const [, claims, signature] = (await other.sign()).split('.')
    await expect(read(`${encode(head)}.${claims}.${signature}`)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    })
  })

  it('fetches the keys once, not for each token', async () => {
    for (let count = 0; count < 5; count++) await read(await source.sign())
    expect(source.fetches).toBe(1)
  })

  it('with an unknown key fetches the keys again, but not each time', async () => {
    await read(await source.sign())
    for (let count = 0; count < 5; count++) {
      await expect(read(await source.sign({}, 'two'))).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
      })
    }
    expect(source.fetches).toBe(1)
  })

  it('is neither accepted nor called invalid while the keys cannot be fetched, and is accepted afterwards', async () => {
    source.isDown = true
    const token = await source.sign()
    for (let count = 0; count < 5; count++) {
      await expect(read(token)).rejects.toMatchObject({
        code: 'IDENTITY_UNREACHABLE',
        retryable: true,
      })
    }
    expect(source.fetches, 'a server that failed is left alone').toBe(1)
    source.isDown = false
    time += 6
    expect(await read(token)).toMatchObject({ name: 'c.bauer' })
  })

  it.each([
    ['an error', () => new Response('no', { status: 500 })],
    ['a redirect', () => new Response('', { status: 302, headers: { location: 'https://x/' } })],
    ['no JSON', () => new Response('<html>')],
    ['something else', () => Response.json({ hello: 1 })],
  ])('is not accepted when the address of the keys returns %s', async (_, answer) => {
    source.fetch = async () => answer()
    read = open()
    await expect(read(await source.sign())).rejects.toMatchObject({ code: 'IDENTITY_UNREACHABLE' })
  })

  it('is not accepted with an endless response, of which little is read', async () => {
    let sent = 0
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          sent += 65_536
          controller.enqueue(new Uint8Array(65_536).fill(0x20))
        },
      })
    source.fetch = async () => new Response(endless())
    read = open()
    await expect(read(await source.sign())).rejects.toMatchObject({ code: 'IDENTITY_UNREACHABLE' })
    expect(sent).toBeLessThan(2 * 2 ** 20)
  })

  it('is not accepted with a stalled response: the fetch is aborted', async () => {
    let isTold = false
    const fetch = async (_: unknown, { signal }: { signal?: AbortSignal | null } = {}) => {
      isTold = signal instanceof AbortSignal
      throw new DOMException('The time is over.', 'TimeoutError')
    }
    Object.assign(source, { fetch })
    read = open()
    await expect(read(await source.sign())).rejects.toMatchObject({ code: 'IDENTITY_UNREACHABLE' })
    expect(isTold).toBe(true)
  })
})
