import { describe, expect, it } from 'vitest'
import { accessOfConfig } from '../../src/http/access-of.ts'

describe('the access to a route', () => {
  it('is admin only by default', () => {
    expect(accessOfConfig(undefined)).toBe('admin')
    expect(accessOfConfig({})).toBe('admin')
  })

  it('is the one stated by the route', () => {
    expect(accessOfConfig({ access: 'reader' })).toBe('reader')
  })
})
