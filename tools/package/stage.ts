// Makes the program as it is installed, in a folder of the repository: what the Dockerfile copies.
import { repositoryPath } from '../repository-path.ts'
import { stageProgram } from './stage-program.ts'

const [, , folder] = process.argv
if (folder === undefined) throw new Error('usage: node tools/package/stage.ts FOLDER')
await stageProgram(repositoryPath(folder))
