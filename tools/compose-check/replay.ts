import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryPath } from '../repository-path.ts'
import { listSecrets, makeSecrets } from './check-secrets.ts'
import type { ComposeFile, ComposeService } from './compose-file.ts'
import type { StandIn } from './stand-ins.ts'

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
/** As Docker reads the file: a doubled dollar is a dollar, and variables have their defaults. */
const resolve = (text: string) =>
  text.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll('$$', () => '$')

/** Files and folders of the host in the container, each read-only where compose says so. */
function mountFiles(service: ComposeService, secrets: string): string[] {
  const mounted = (source: string, target: string) => `
    at=$(inside ${quote(target)}); install -d "$(dirname "$at")"; touch "$at"
    mount --bind ${quote(source)} "$at"; mount -o remount,bind,ro "$at"`
  const files = (service.volumes ?? [])
    .filter((volume) => volume.startsWith('.'))
    .map((volume) => volume.split(':') as [string, string])
    .map(([source, target]) => mounted(repositoryPath(source), target))
  const own = [...listSecrets(service)].map(([name, target]) =>
    mounted(join(secrets, name === 'orthanc_accounts' ? `${name}.json` : name), target),
  )
  return [...files, ...own]
}

/** Named volumes, which take over owner and mode of the image's folder, and file systems in memory. */
function mountVolumes(service: ComposeService): string[] {
  const volumes = (service.volumes ?? [])
    .filter((volume) => !volume.startsWith('.'))
    .map((volume) => volume.split(':')[1]!)
    .map(
      (target) => `
    at=$(inside ${target}); install -d "$work/volume"; chown --reference="$at" "$work/volume"
    chmod --reference="$at" "$work/volume"; mount --bind "$work/volume" "$at"`,
    )
  const inMemory = (service.tmpfs ?? []).map((entry) => {
    const [target, options = 'mode=1777'] = entry.split(':')
    return `    at=$(inside ${target}); install -d "$at"; mount -t tmpfs -o ${options} tmpfs "$at"`
  })
  return [...volumes, ...inMemory]
}

function writeScript(
  service: ComposeService,
  { user, arrange, folder, environment, start, health }: StandIn,
  { root, secrets, work }: { root: string; secrets: string; work: string },
): string {
  const [uid, gid] = user.split(':')
  const variables = Object.entries({
    PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/bin',
    HOME: '/tmp',
    ...environment,
    ...service.environment,
  }).map(([name, value]) => quote(`${name}=${resolve(String(value))}`))
  const asUser = `chroot "$image" setpriv --reuid ${uid} --regid ${gid} --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs env -i ${variables.join(' ')} /bin/sh -euc`
  const words = [...(service.entrypoint ?? []), ...(service.command ?? [])]
  const command = start ?? `exec ${words.map((word) => quote(resolve(word))).join(' ')}`
  const [kind, ...probe] = service.healthcheck?.test ?? []
  if (kind !== 'CMD') throw new Error('The health check is not a plain command.')
  const check = health ?? probe.map((word) => quote(resolve(word))).join(' ')
  return `
set -eu
work=${work}; image=$work/image
inside() { echo "$image$(chroot "$image" readlink --canonicalize-missing "$1")"; } # past the image's own links
mkdir -p "$work/upper" "$work/overlay" "$image"
mount -t overlay overlay -o lowerdir=${root},upperdir="$work/upper",workdir="$work/overlay" "$image"
ip link set lo up
echo 'stand-in:x:${uid}:${gid}::/tmp:/bin/sh' >>"$image/etc/passwd"
mount -t proc proc "$image/proc"
mount --rbind /dev "$image/dev"
${arrange}
${mountVolumes(service).join('\n')}
${mountFiles(service, secrets).join('\n')}
: >"$work/log"; chmod 666 "$work/log"
${service.read_only ? 'mount -o remount,ro "$image"' : ''}
${asUser} ${quote(`cd ${folder}; ${command}`)} >"$work/log" 2>&1 &
main=$!
for try in $(seq 60); do
  if ${asUser} ${quote(`export PATH=$PATH:$(echo /usr/lib/postgresql/*/bin); cd ${folder}; ${check}`)} >"$work/health" 2>&1; then break; fi
  if [ "$try" = 60 ] || ! kill -0 "$main" 2>/dev/null; then tail -n 30 "$work/log" "$work/health"; exit 1; fi
  sleep 0.5
done
echo "healthy after $try looks; $(grep -E '^(Uid|CapEff|NoNewPrivs):' "/proc/$main/status" | tr -s '\\t\\n' ' ')"
if ${asUser} 'touch /usr/x' 2>/dev/null; then echo 'it may write to its image'; exit 1; fi
kill -TERM "$main"
for try in $(seq 40); do kill -0 "$main" 2>/dev/null || break; sleep 0.5; done
if kill -0 "$main" 2>/dev/null; then echo 'it does not stop'; exit 1; fi
`
}

/**
 * Starts one service of the compose file in a namespace of its own, from programs that stand in for the
 * image, with the file's user, rights, read-only files, volumes, secrets and health check, until it is
 * healthy; then stops it. Needs root. Throws with the end of its log.
 */
export function replay(name: string, file: ComposeFile, standIn: StandIn, debian: string): string {
  const work = mkdtempSync('/var/tmp/hippovolume-replay-')
  try {
    const secrets = makeSecrets(join(work, 'site'))
    const root = standIn.isDebian ? debian : '/'
    const script = writeScript(file.services[name]!, standIn, { root, secrets, work })
    const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc']
    const done = spawnSync('unshare', [...namespaces, 'sh', '-c', script], { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`${name}: ${done.stdout}${done.stderr}`)
    return done.stdout.trim()
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
