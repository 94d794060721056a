import { isIP } from 'node:net'

type Values = Readonly<Record<string, unknown>>

const tokens = ['API_TOKEN', 'OPERATOR_TOKEN', 'READER_TOKEN', 'HOOK_TOKEN'] as const

function findEqualTokens(values: Values): string[] {
  const pairs = tokens.flatMap((one, index) =>
    tokens.slice(index + 1).map((other) => [one, other] as const),
  )
  return pairs
    .filter(([one, other]) => values[one] !== undefined && values[one] === values[other])
    .map(([one, other]) => `${one} and ${other} must differ`)
}

/** Settings that mean something only together. */
const sets = [
  ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
  ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_JWKS_URL'],
] as const

function findHalfSets(values: Values): string[] {
  return sets.flatMap((names) => {
    const missing = names.filter((name) => values[name] === undefined)
    if (missing.length === 0 || missing.length === names.length) return []
    return missing.map((name) => `${name} is not set, but ${names.join(' and ')} belong together`)
  })
}

/** Keys that come unencrypted over a network could be anybody's, and would open every door. */
function findInsecureKeys({ OIDC_JWKS_URL: url }: Values): string[] {
  if (url === undefined) return []
  const parsed = URL.parse(String(url))
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(parsed?.hostname ?? '')
  const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback)
  return isSafe ? [] : ['OIDC_JWKS_URL must be an https address']
}

const namedNetworks = ['loopback', 'linklocal', 'uniquelocal']

function isNetwork(text: string): boolean {
  if (namedNetworks.includes(text)) return true
  const [address = '', bits, more] = text.split('/')
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (longest < 0 || more !== undefined) return false
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= longest)
  )
}

function findWrongProxies({ TRUST_PROXY: setting }: Values): string[] {
  if (setting === undefined) return []
  const wrong = String(setting)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !isNetwork(part))
  return wrong.map((part) => `TRUST_PROXY names "${part}", which is no address or network`)
}

/** What is wrong with settings that are each well-formed, a phrase for each fault. */
export function findContradictions(values: Values): string[] {
  return [findEqualTokens, findHalfSets, findInsecureKeys, findWrongProxies].flatMap((find) =>
    find(values),
  )
}
