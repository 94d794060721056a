import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { jobStates, jobTriggers } from '../queue/job.ts'

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string
  readonly body: Buffer
  readonly gzip: Buffer
  readonly etag: string
}

export interface Page {
  readonly shell: PageFile
  /** By address. */
  readonly assets: ReadonlyMap<string, PageFile>
  /** Allows the sources listed here and the shell's import map, identified by its digest. */
  readonly contentSecurityPolicy: string
}

/** Libraries the browser imports by name: one file per package, as shipped by the package. */
const libraries = {
  preact: ['preact', 'preact.js'],
  'preact/hooks': ['preact/hooks', 'preact-hooks.js'],
  htm: ['htm', 'htm.js'],
  '@preact/signals-core': ['@preact/signals-core', 'signals-core.js'],
  '@preact/signals': ['@preact/signals', 'signals.js'],
  'eventsource-parser': ['eventsource-parser', 'eventsource-parser.js'],
} as const

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
}

const folder = new URL('../page/browser/', import.meta.url)
const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('base64')

function describeFile(name: string, body: Buffer): PageFile {
  return {
    type: types[extname(name)] ?? 'application/octet-stream',
    body,
    gzip: gzipSync(body, { level: 9 }),
    etag: `"${digest(body).slice(0, 24)}"`,
  }
}

/** Removes the reference to the source map. */
const dropSourceMap = (text: string) => text.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '\n')

/**
 * Reads the operators' page into memory: the shell, its scripts and style as they are, and the
 * libraries they import as shipped by their packages. There is no build step: the browser runs
 * exactly the files in src/page/browser.
 */
export function readPage(): Page {
  const assets = new Map<string, PageFile>()
  for (const name of readdirSync(folder)) {
    if (!['.js', '.css', '.svg'].includes(extname(name))) continue
    assets.set(`/assets/${name}`, describeFile(name, readFileSync(new URL(name, folder))))
  }
  const imports: Record<string, string> = {}
  for (const [specifier, [module, name]] of Object.entries(libraries)) {
    const text = readFileSync(fileURLToPath(import.meta.resolve(module)), 'utf8')
    imports[specifier] = `/assets/lib/${name}`
    assets.set(imports[specifier], describeFile(name, Buffer.from(dropSourceMap(text))))
  }

  // All scripts are preloaded together instead of one after another as imports are discovered.
  const preloads = [...assets.keys()]
    .filter((address) => address.endsWith('.js'))
    .map((address) => `<link rel="modulepreload" href="${address}">`)
  const importMap = JSON.stringify({ imports })
  const shell = readFileSync(new URL('index.html', folder), 'utf8')
    .replace('"IMPORT_MAP"', () => importMap)
    .replace('JOB_STATES', jobStates.join(' '))
    .replace('JOB_TRIGGERS', jobTriggers.join(' '))
    .replace('<!-- PRELOADS -->', () => preloads.join('\n    '))
  return {
    shell: describeFile('index.html', Buffer.from(shell)),
    assets,
    contentSecurityPolicy: [
      "default-src 'none'",
      `script-src 'self' 'sha256-${digest(importMap)}'`,
      "style-src 'self'",
      "img-src 'self' blob:",
      "connect-src 'self'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  }
}
