import { extname } from 'node:path'

/**
 * URL of a program that another process or thread runs, relative to the file that asks: `.ts` in a clone, `.js` in an
 * installed package, like the asking file itself.
 */
export function siblingProgram(from: string, path: string): URL {
  return new URL(`${path}${extname(new URL(from).pathname)}`, from)
}
