import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

function isDemo(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('tools/demo.ts')
  } catch {
    return false
  }
}

/**
 * Claims a folder for the demo of this process before anything in it is changed; the claim ends
 * with the process. Leftovers of a killed demo are ignored. Throws a sentence if another demo uses
 * the folder.
 */
export function claimFolder(folder: string, isHolder: (pid: number) => boolean = isDemo): void {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'demo.pid')
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = Number(readFileSync(file, 'utf8'))
    if (isHolder(holder)) {
      throw new Error(`Another demo (process ${holder}) uses ${folder}. Give another --folder.`)
    }
    rmSync(file, { force: true })
  }
  process.once('exit', () => rmSync(file, { force: true }))
}
