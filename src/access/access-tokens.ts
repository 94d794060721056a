import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWTPayload,
  jwtVerify,
} from 'jose'
import { HippoError } from '../errors.ts'
import { readRole } from './read-role.ts'
import type { Principal } from './roles.ts'

/** The issuer of OIDC access tokens and the claims they must contain. */
export interface AccessTokenOptions {
  readonly issuer: string
  /** This service's own name at the issuer, not that of a sign-in page. */
  readonly audience: string
  readonly jwksUrl: string
  /** Name of the claim that lists the roles, or the dotted path to it. */
  readonly rolesClaim: string
  /** Prefix of reader, operator and admin in role names of the issuer. */
  readonly rolePrefix: string
  /** Epoch milliseconds. */
  readonly clock: () => number
  readonly fetch: FetchImplementation
}

/**
 * The principal of an access token; undefined if it is not a JSON Web Token. Throws UNAUTHORIZED if
 * it is forged, expired or for another audience, and IDENTITY_UNREACHABLE while the issuer's keys
 * are unavailable.
 */
export type ReadAccessToken = (token: string) => Promise<Principal | undefined>

/** Asymmetric signatures only: with HS256 the published key could sign tokens. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
  'Ed25519',
]
/** Tolerated difference of the issuer's clock. */
const skewSeconds = 30
const keysLastMilliseconds = 600_000
/** Minimum time between two fetches for an unknown key, and after a failed one. */
const cooldownMilliseconds = 30_000
const restAfterFailureMilliseconds = 5_000
const fetchTimeoutMilliseconds = 3_000

const looksLikeJwt = (token: string) => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)

const mostBytes = 2 ** 20

/** The body of a response, up to a limit far above the size of any key set; throws beyond it. */
async function readBounded(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body ?? []) {
    length += chunk.length
    if (length > mostBytes) throw new Error('The key set is larger than allowed.')
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** A fetch that pauses after a failure, so that forged tokens cannot flood the server. */
function fetchSparingly(inner: FetchImplementation, clock: () => number): FetchImplementation {
  let restUntil = 0
  return async (url, options) => {
    if (clock() < restUntil) throw new Error('Fetching the keys failed a moment ago.')
    try {
      const answer = await inner(url, options)
      if (answer.status !== 200) restUntil = clock() + restAfterFailureMilliseconds
      return new Response(await readBounded(answer), { status: answer.status })
    } catch (error) {
      restUntil = clock() + restAfterFailureMilliseconds
      throw error
    }
  }
}

function explainRefusal(error: unknown): HippoError {
  if (error instanceof errors.JWTExpired) {
    return new HippoError('UNAUTHORIZED', 'The access token has expired.', { cause: error })
  }
  return new HippoError('UNAUTHORIZED', 'The access token is not valid here.', { cause: error })
}

/**
 * Reads access tokens as RFC 9068 and RFC 8725 require: algorithm, signature, issuer, audience,
 * time.
 */
export function readAccessTokens(options: AccessTokenOptions): ReadAccessToken {
  const { issuer, audience, clock, rolesClaim, rolePrefix } = options
  const remoteKeys = createRemoteJWKSet(new URL(options.jwksUrl), {
    timeoutDuration: fetchTimeoutMilliseconds,
    cooldownDuration: cooldownMilliseconds,
    cacheMaxAge: keysLastMilliseconds,
    [customFetch]: fetchSparingly(options.fetch, clock),
  })
  const getKey: typeof remoteKeys = Object.assign(
    async (...wanted: Parameters<typeof remoteKeys>) => {
      try {
        return await remoteKeys(...wanted)
      } catch (error) {
        const isTokensFault =
          error instanceof errors.JWKSNoMatchingKey ||
          error instanceof errors.JWKSMultipleMatchingKeys ||
          error instanceof errors.JOSENotSupported
        if (isTokensFault) throw error
        const message = 'The keys for verifying access tokens cannot be fetched.'
        throw new HippoError('IDENTITY_UNREACHABLE', message, { cause: error })
      }
    },
    remoteKeys,
  )

  return async (token) => {
    if (!looksLikeJwt(token)) return undefined
    let claims: JWTPayload
    try {
      const verified = await jwtVerify(token, getKey, {
        algorithms,
        issuer,
        audience,
        clockTolerance: skewSeconds,
        currentDate: new Date(clock()),
        requiredClaims: ['exp', 'sub'],
      })
      claims = verified.payload
    } catch (error) {
      throw error instanceof HippoError ? error : explainRefusal(error)
    }
    if (typeof claims.sub !== 'string' || claims.sub === '' || claims.sub.length > 255) {
      throw new HippoError('UNAUTHORIZED', 'The access token has no subject.')
    }
    const role = readRole(claims, rolesClaim, rolePrefix)
    return { name: claims.sub, role: role ?? 'none', by: 'oidc' }
  }
}
