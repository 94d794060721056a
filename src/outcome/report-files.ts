import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** Keeps each job's page as a PNG file for the API. The permanent copy is in the archive. */
export interface ReportFiles {
  write(jobId: string, png: Uint8Array): Promise<void>
  read(jobId: string): Promise<Uint8Array | undefined>
}

/** Pages in `folder`, one file per job, written atomically. */
export async function openReportFiles(folder: string): Promise<ReportFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const pathOf = (jobId: string) => join(folder, `${encodeURIComponent(jobId)}.png`)
  return {
    async write(jobId, png) {
      const path = pathOf(jobId)
      const file = await open(`${path}.part`, 'w', 0o600)
      try {
        await file.writeFile(png)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.part`, path)
    },
    async read(jobId) {
      try {
        return await readFile(pathOf(jobId))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
  }
}
