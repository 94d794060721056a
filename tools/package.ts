// Makes the installable packages in build/package: an npm package and a .deb, each with everything
// it needs, and the bill of materials of both. npm run package [-- --no-deb]
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stageProgram } from './package/stage-program.ts'
import { writeBillOfMaterials } from './package/write-bill.ts'
import { writeDeb } from './package/write-deb.ts'
import { repositoryPath } from './repository-path.ts'

const { values } = parseArgs({
  options: { deb: { type: 'boolean', default: true } },
  allowNegative: true,
})
const { version } = JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8'))
const folder = repositoryPath('build/package')
const program = join(folder, 'program')
mkdirSync(folder, { recursive: true })

const tell = (file: string) =>
  console.log(`${file}  ${(statSync(file).size / 2 ** 20).toFixed(0)} MB`)
await stageProgram(program)
const installed = execFileSync('du', ['-sm', program], { encoding: 'utf8' }).split('\t')[0]
console.log(`${program}  ${installed} MB without Node`)
execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
  cwd: program,
})
tell(join(folder, `hippovolume-${version}.tgz`))
if (values.deb) tell(writeDeb(program, version, folder))
tell(writeBillOfMaterials(program, join(folder, `hippovolume-${version}.cdx.json`)))
