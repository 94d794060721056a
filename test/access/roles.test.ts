import { describe, expect, it } from 'vitest'
import { type Access, findHighestRole, mayUse, roles } from '../../src/access/roles.ts'

describe('roles', () => {
  it('include those below them, and the hook is separate', () => {
    const opened = (access: Access) =>
      [...roles, 'none' as const].filter((role) => mayUse(role, access))
    expect(opened('open')).toEqual(['hook', 'reader', 'operator', 'admin', 'none'])
    expect(opened('hook')).toEqual(['hook'])
    expect(opened('docs')).toEqual(['reader', 'operator', 'admin'])
    expect(opened('reader')).toEqual(['reader', 'operator', 'admin'])
    expect(opened('operator')).toEqual(['operator', 'admin'])
    expect(opened('admin')).toEqual(['admin'])
  })

  it('are ranked by their permissions', () => {
    expect(findHighestRole(['reader', 'admin', 'operator'])).toBe('admin')
    expect(findHighestRole(['hook', 'reader'])).toBe('reader')
    expect(findHighestRole([])).toBeUndefined()
  })
})
