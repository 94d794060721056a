import { findHighestRole, type Role, roles } from './roles.ts'

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The claim of that name or, where there is none, at the end of that dotted path. */
function readClaim(claims: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  return name
    .split('.')
    .reduce<unknown>(
      (value, step) => (isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined),
      claims,
    )
}

/**
 * The role that may do most among those a claim lists (an array, or words between spaces) behind a
 * prefix. The hook's is not among them: Orthanc cannot fetch access tokens.
 */
export function readRole(
  claims: Record<string, unknown>,
  claim: string,
  prefix: string,
): Role | undefined {
  const value = readClaim(claims, claim)
  const names: unknown[] = typeof value === 'string' ? value.split(' ') : [value].flat()
  const held = roles.filter((role) => role !== 'hook' && names.includes(`${prefix}${role}`))
  return findHighestRole(held)
}
