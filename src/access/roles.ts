/**
 * The roles. Each of reader, operator and admin has the permissions of those before it; the hook is
 * separate: it may only report studies, and only it may.
 */
export const roles = ['hook', 'reader', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]

/**
 * The access to a route. `open`: anyone. `docs`: readers, who may also send their token as a
 * password, because a browser cannot send a bearer token when it opens a page.
 */
export type Access = 'open' | 'docs' | Role

/** The caller: the role name of a shared token, or the subject of an OIDC access token. */
export interface Principal {
  readonly name: string
  /** `none`: identified but without a role here; such a caller is always refused. */
  readonly role: Role | 'none'
  /** How the caller authenticated. */
  readonly by: 'token' | 'oidc'
}

const rank: Record<Role, number> = { hook: 0, reader: 1, operator: 2, admin: 3 }

/** Whether a role gives access to a route. */
export function mayUse(role: Role | 'none', access: Access): boolean {
  if (access === 'open') return true
  if (role === 'none') return false
  const wanted = access === 'docs' ? 'reader' : access
  if (role === 'hook' || wanted === 'hook') return role === wanted
  return rank[role] >= rank[wanted]
}

/** The most permissive of several accesses. */
export function findEasiestAccess(found: readonly Access[]): Access | undefined {
  const countRoles = (access: Access) =>
    access === 'open' ? roles.length : roles.filter((role) => mayUse(role, access)).length
  return [...found].sort((a, b) => countRoles(b) - countRoles(a))[0]
}

/** The most powerful of several roles; the hook's ranks lowest. */
export function findHighestRole(held: readonly Role[]): Role | undefined {
  return [...held].sort((a, b) => rank[b] - rank[a])[0]
}
