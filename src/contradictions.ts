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

/** Secrets other than the tokens; each opens or hides something different. */
const otherSecrets = ['PSEUDONYM_SECRET', 'ORTHANC_PASSWORD'] as const

function findSharedSecrets(values: Values): string[] {
  return otherSecrets.flatMap((secret) =>
    tokens
      .filter((token) => values[token] !== undefined && values[token] === values[secret])
      .map((token) => `${secret} and ${token} must differ`),
  )
}

/**
 * Minimum number of different characters in a secret: 16 random hexadecimal digits have ten on
 * average, never below five.
 */
const fewestCharacters = 5

/** Whether a text repeats one piece, such as aaaa or abcabc. */
const isRepeated = (text: string) => (text + text).indexOf(text, 1) < text.length

function findWeakSecrets(values: Values): string[] {
  return [...tokens, 'PSEUDONYM_SECRET'].flatMap((name) => {
    const value = values[name]
    if (typeof value !== 'string' || value.length < 16) return []
    const isWeak = new Set(value).size < fewestCharacters || isRepeated(value)
    return isWeak ? [`${name} is too easy to guess; generate it with openssl rand -hex 24`] : []
  })
}

/** Settings that only make sense together. */
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

/** Keys fetched unencrypted could be forged and would grant full access. */
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
  return wrong.map((part) => `TRUST_PROXY names "${part}", which is not an address or network`)
}

function findWrongZone({ SITE_TIME_ZONE: zone }: Values): string[] {
  if (zone === undefined) return []
  try {
    new Intl.DateTimeFormat('en', { timeZone: String(zone) })
    return []
  } catch {
    return ['SITE_TIME_ZONE is not a valid time zone, such as Europe/Berlin']
  }
}

/** Contradictions between settings that are each well-formed, one phrase per fault. */
export function findContradictions(values: Values): string[] {
  return [
    findEqualTokens,
    findSharedSecrets,
    findWeakSecrets,
    findHalfSets,
    findInsecureKeys,
    findWrongProxies,
    findWrongZone,
  ].flatMap((find) => find(values))
}
