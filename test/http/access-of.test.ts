import { describe, expect, it } from 'vitest'
import { accessOfConfig } from '../../src/http/access-of.ts'

describe('the access to a route', () => {
  it('is the admin only where the route does not say', () => {
    expect(accessOfConfig(undefined)).toBe('admin')
    expect(accessOfConfig({})).toBe('admin')
  })

  it('is what the route says', () => {
    expect(accessOfConfig({ access: 'reader' })).toBe('reader')
  })
})
