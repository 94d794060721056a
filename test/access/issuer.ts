import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

export const issuer = 'https://id.hospital.example/realms/radiology'
export const audience = 'hippovolume'
/** 2026-11-26 03:00:00 UTC, in seconds. */
export const now = 1_795_662_000

/** An issuer of access tokens whose keys are fetched from memory. */
export async function startIssuer() {
  const pair = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }
  const keys = [jwk]
  let isDown = false
  let fetches = 0

  const claims = (more: JWTPayload = {}): JWTPayload => ({
    iss: issuer,
    aud: audience,
    sub: 'c.bauer',
    iat: now - 60,
    exp: now + 300,
    roles: ['hippovolume-operator'],
    ...more,
  })
  return {
    keys,
    claims,
    /** The public key as text, which an attacker has too. */
    publicKey: await exportSPKI(pair.publicKey),
    get fetches() {
      return fetches
    },
    set isDown(value: boolean) {
      isDown = value
    },
    async fetch(): Promise<Response> {
      fetches += 1
      if (isDown) throw new TypeError('fetch failed')
      return Response.json({ keys })
    },
    sign: (more: JWTPayload = {}, kid = 'one', key = pair.privateKey) =>
      new SignJWT(claims(more)).setProtectedHeader({ alg: 'RS256', kid }).sign(key),
  }
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>
