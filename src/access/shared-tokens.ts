import { createHash, timingSafeEqual } from 'node:crypto'
import type { Principal } from './roles.ts'

/** The site's fixed tokens, one a role. */
export interface Tokens {
  readonly apiToken: string
  readonly hookToken: string
  readonly readerToken?: string | undefined
  readonly operatorToken?: string | undefined
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Finds the role of a token. All tokens are compared as digests in constant time. */
export function readSharedTokens(tokens: Tokens): (given: string) => Principal | undefined {
  const { apiToken, operatorToken, readerToken, hookToken } = tokens
  const known = (
    [
      ['admin', apiToken],
      ['operator', operatorToken],
      ['reader', readerToken],
      ['hook', hookToken],
    ] as const
  ).flatMap(([role, token]) =>
    token === undefined
      ? []
      : [{ principal: { name: role, role, by: 'token' } as const, digest: digest(token) }],
  )
  return (given) => {
    const wanted = digest(given)
    return known.filter((one) => timingSafeEqual(one.digest, wanted))[0]?.principal
  }
}
