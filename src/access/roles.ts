/**
 * Who a caller may be. Each of reader, operator and admin may do what those before it may; the hook
 * stands apart: it announces studies and may do nothing else, and nobody else may.
 */
export const roles = ['hook', 'reader', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]

/**
 * Whom a route lets in. `open`: anyone. `docs`: readers, who may also give their token as a password,
 * because a browser cannot send a bearer token with a page's address.
 */
export type Access = 'open' | 'docs' | Role

/** Who asks: the name of a shared token's role, or the subject of an OIDC access token. */
export interface Principal {
  readonly name: string
  readonly role: Role
}

const rank: Record<Role, number> = { hook: 0, reader: 1, operator: 2, admin: 3 }

/** Whether a role opens a route. */
export function mayUse(role: Role, access: Access): boolean {
  if (access === 'open') return true
  const wanted = access === 'docs' ? 'reader' : access
  if (role === 'hook' || wanted === 'hook') return role === wanted
  return rank[role] >= rank[wanted]
}

/** The role of several that may do most; the hook's counts least. */
export function findHighestRole(held: readonly Role[]): Role | undefined {
  return [...held].sort((a, b) => rank[b] - rank[a])[0]
}
