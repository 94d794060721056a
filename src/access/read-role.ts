import { findHighestRole, type Role, roles } from './roles.ts'

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The claim with that name or, if there is none, at that dotted path. */
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
 * The most powerful role that a claim lists (an array, or words separated by spaces) with a prefix.
 * It is never the hook's: Orthanc cannot fetch access tokens.
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
