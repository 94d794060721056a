import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const architecture = read('docs/architecture.md')

describe('docs/architecture.md', () => {
  it('names only files and folders that exist', () => {
    const named = [...architecture.matchAll(/`((?:src|test|tools|lua|docs)\/[^`]*)`/g)]
    const paths = named.map((match) => match[1] ?? '')
    expect(paths.length).toBeGreaterThan(40)
    expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })

  it('describes every room of src', () => {
    const rooms = readdirSync(new URL('src/', root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'commands')
      .map(({ name }) => name)
    const table = architecture.slice(architecture.indexOf('## Rooms'))
    expect(rooms.filter((room) => !table.includes(`\`${room}/\``))).toEqual([])
  })
})

describe('docs/checks.md', () => {
  it('describes exactly the existing checks', () => {
    const { status, stderr } = spawnSync('sh', ['tools/check.sh'], { cwd: root, encoding: 'utf8' })
    expect(status).toBe(2)
    const names = stderr.trim().split('\n').slice(1)
    const table = read('docs/checks.md').split('`npm run check -- NAME [options]`:')[1] ?? ''
    const described = [...table.matchAll(/^\| `([a-z0-9.-]+)` \|/gm)].map((match) => match[1])
    expect(described).toEqual(names)
  })

  it('allows at most a dozen scripts in package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    expect(Object.keys(scripts).length).toBeLessThanOrEqual(12)
  })
})
