import type { Server } from 'node:https'
import type { Logger } from 'pino'
import { type ReadAccessToken, readAccessTokens } from '../access/access-tokens.ts'
import { type Config, splitNames } from '../config.ts'
import type { HttpApp } from '../http/http-app.ts'
import { followTlsFiles, readTlsFiles, type TlsFiles } from './tls-files.ts'

function openAccessTokens(config: Config): ReadAccessToken | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl } = config
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) return undefined
  return readAccessTokens({
    issuer,
    audience,
    jwksUrl,
    rolesClaim: config.OIDC_ROLES_CLAIM,
    rolePrefix: config.OIDC_ROLE_PREFIX,
    clock: Date.now,
    fetch,
  })
}

const orNone = (limit: number) => (limit === 0 ? undefined : limit)

/** The settings of access: tokens, rate limits, TLS and trusted proxies. */
export function guardAccess(config: Config) {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = config
  // Without the sweep, a study whose hook call was rejected would never be found.
  const hookLimit = config.SWEEP_SECONDS === 0 ? 0 : config.HOOK_RATE_LIMIT_PER_MINUTE
  return {
    tokens: {
      apiToken: config.API_TOKEN,
      operatorToken: config.OPERATOR_TOKEN,
      readerToken: config.READER_TOKEN,
      hookToken: config.HOOK_TOKEN,
    },
    readAccessToken: openAccessTokens(config),
    limits: { caller: orNone(config.RATE_LIMIT_PER_MINUTE), hook: orNone(hookLimit) },
    tls: cert === undefined || key === undefined ? undefined : readTlsFiles(cert, key),
    trustedProxies: splitNames(config.TRUST_PROXY),
  }
}

/** Loads renewed certificates until the app closes; `inUse` are the files it was started with. */
export function followCertificate(
  app: HttpApp,
  config: Config,
  inUse: TlsFiles | undefined,
  log: Logger,
): void {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = config
  if (cert === undefined || key === undefined || inUse === undefined) return
  const stop = followTlsFiles([cert, key], inUse, app.server as unknown as Server, (error) => {
    if (error === undefined) log.info('The renewed certificate is in use.')
    else
      log.error({ err: error }, 'The renewed certificate cannot be used; the old one stays in use.')
  })
  app.addHook('onClose', async () => stop())
}
