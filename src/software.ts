import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** Name and version of this product as written in results, pages and responses. */
export const software = { name: 'HippoVolume', version: manifest.version } as const
