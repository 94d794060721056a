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
  /** `none`: known, but without a role here; such a caller gets no further than a refusal. */
  readonly role: Role | 'none'
  /** How they showed who they are. */
  readonly by: 'token' | 'oidc'
}

const rank: Record<Role, number> = { hook: 0, reader: 1, operator: 2, admin: 3 }

/** Whether a role opens a route. */
export function mayUse(role: Role | 'none', access: Access): boolean {
  if (access === 'open') return true
  if (role === 'none') return false
  const wanted = access === 'docs' ? 'reader' : access
  if (role === 'hook' || wanted === 'hook') return role === wanted
  return rank[role] >= rank[wanted]
}

/** The access of several that most may pass. */
export function findEasiestAccess(found: readonly Access[]): Access | undefined {
  const countRoles = (access: Access) =>
    access === 'open' ? roles.length : roles.filter((role) => mayUse(role, access)).length
  return [...found].sort((a, b) => countRoles(b) - countRoles(a))[0]
}

/** The role of several that may do most; the hook's counts least. */
export function findHighestRole(held: readonly Role[]): Role | undefined {
  return [...held].sort((a, b) => rank[b] - rank[a])[0]
}
