import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why a test that needs a disk of its own was skipped. */
export const noDisk = 'no small disk can be mounted here'

/** Mounts a disk in memory (options such as size=4m or ro); undefined where this user may not. */
export function mountDisk(options: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'hippovolume-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
}

export function unmountDisk(folder: string | undefined): void {
  if (folder === undefined) return
  execFileSync('umount', ['--lazy', folder])
  rmSync(folder, { recursive: true, force: true })
}

const ballast = (disk: string) => join(disk, 'ballast')

/** Fills what is left of a disk. */
export function fillDisk(disk: string): void {
  for (const block of [2 ** 20, 2 ** 12]) {
    try {
      for (;;) writeFileSync(ballast(disk), Buffer.alloc(block), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}

/** Makes room again. */
export function relieveDisk(disk: string | undefined): void {
  if (disk !== undefined) rmSync(ballast(disk), { force: true })
}
