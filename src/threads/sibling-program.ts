import { extname } from 'node:path'

/**
 * URL of a program for another process or thread, relative to the calling file: `.ts` in a clone,
 * `.js` in an installed package, like the calling file itself.
 */
export function siblingProgram(from: string, path: string): URL {
  return new URL(`${path}${extname(new URL(from).pathname)}`, from)
}
