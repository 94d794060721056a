import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryPath } from '../repository-path.ts'

const run = promisify(execFile)

/**
 * The official build of OHIF. Not a dependency: the package lists its build dependencies, which are
 * not needed and which npm cannot install.
 */
const viewerPackage = '@ohif/app@3.13.2'
const viewerIntegrity =
  'sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA=='

const cache = repositoryPath('node_modules/.cache/hippovolume')

/**
 * Folder of the built viewer, fetched from the npm registry at the first call and kept under
 * node_modules/.cache. Throws a sentence if it cannot be fetched or is not the pinned content.
 */
export async function fetchViewer(say: (line: string) => void): Promise<string> {
  const folder = join(cache, viewerPackage.replaceAll('/', '-'))
  if (existsSync(join(folder, 'dist', 'index.html'))) return join(folder, 'dist')
  say(`fetching the viewer ${viewerPackage} from npm (60 MB)`)
  await mkdir(cache, { recursive: true })
  const fresh = await mkdtemp(join(cache, 'fetch-'))
  try {
    const pack = [
      'pack',
      viewerPackage,
      '--pack-destination',
      fresh,
      '--silent',
      '--ignore-scripts',
    ]
    const { stdout } = await run('npm', pack).catch((error: Error) => {
      throw new Error(`npm could not fetch ${viewerPackage}: ${error.message}`, { cause: error })
    })
    const archive = join(fresh, stdout.trim().split('\n').at(-1)!)
    const digest = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')
    if (`sha512-${digest}` !== viewerIntegrity) {
      throw new Error(`${viewerPackage} is not the content this project was tested with; not used.`)
    }
    await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', fresh])
    await rm(folder, { recursive: true, force: true })
    await rename(join(fresh, 'package'), folder)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return join(folder, 'dist')
}
