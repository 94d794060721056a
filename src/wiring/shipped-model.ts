import { fileURLToPath } from 'node:url'

/** The shipped model. */
export const shippedManifest = fileURLToPath(
  new URL('../../models/hippocampus.json', import.meta.url),
)

/** Path of a manifest, or `builtin` for the shipped one. */
export function resolveManifest(setting: string): string {
  return setting === 'builtin' ? shippedManifest : setting
}
