import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { judgeAudit } from '../../tools/supply/audit-report.ts'
import { checkLicences, isAllowed } from '../../tools/supply/licences.ts'
import { checkLockfile, checkManifest } from '../../tools/supply/lockfile.ts'

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))

describe('what the product is made of', () => {
  it('is pinned: exact versions, a SHA-512 each, no addresses, no unknown install scripts', () => {
    expect(checkManifest(read('package.json'))).toEqual([])
    expect(checkLockfile(read('package-lock.json'), read('package.json'))).toEqual([])
  })

  it('is not pinned by a range, a tag or an address', () => {
    const dependencies = { a: '^1.0.0', b: 'latest', c: 'git+https://x/y', d: '1.2.3' }
    expect(checkManifest({ dependencies })).toHaveLength(3)
  })

  it('is not safe without checksum, from an address, or with an undecided program', () => {
    const integrity = 'sha512-abc'
    const packages = {
      '': {},
      'node_modules/good': { integrity },
      'node_modules/bare': {},
      'node_modules/old': { integrity: 'sha1-abc' },
      'node_modules/good/node_modules/far': { integrity, resolved: 'https://elsewhere' },
      'node_modules/busy': { integrity, hasInstallScript: true },
      'node_modules/known': { integrity, hasInstallScript: true },
    }
    expect(checkLockfile({ packages }, { allowScripts: { known: false } })).toEqual([
      'package-lock.json: bare has no SHA-512',
      'package-lock.json: old has no SHA-512',
      'package-lock.json: far comes from an address',
      'package-lock.json: busy runs an install script that allowScripts does not mention',
    ])
  })

  it('may be redistributed: each licence is on the list', () => {
    expect(isAllowed('MIT', false)).toBe(true)
    expect(isAllowed('(MIT OR GPL-3.0-only)', false)).toBe(true)
    expect(isAllowed('(MIT AND GPL-3.0-only)', false)).toBe(false)
    expect(isAllowed('MPL-2.0', false)).toBe(false)
    expect(isAllowed('MPL-2.0', true)).toBe(true)
    const gpl = { name: 'x', version: '1.0.0', licenses: [{ license: { id: 'GPL-3.0-only' } }] }
    expect(checkLicences([gpl, { name: 'y', version: '1.0.0' }])).toHaveLength(2)
  })

  it('has no known serious vulnerability, if the registry is reachable', () => {
    const vulnerabilities = { a: { severity: 'critical', range: '<2' }, b: { severity: 'low' } }
    expect(judgeAudit({ vulnerabilities }).problems).toEqual(['a <2: a critical vulnerability'])
    expect(judgeAudit({ vulnerabilities: {} }).problems).toEqual([])
    expect(judgeAudit({ message: '405' }).summary).toContain('NOT')
  })
})
