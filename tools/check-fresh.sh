#!/bin/sh
# Clones the repository into a fresh Debian 12 (debootstrap) that has Node, npm and git and nothing else,
# and runs there what a newcomer runs: npm run demo -- --once, then npm test. Needs root and debootstrap.
#   npm run check -- fresh [demo|test]     only one of the two
# The last commit is tried, not the working tree. How this machine reaches Debian and npm (proxies,
# certificates, mirrors) is carried into the fresh system, and nowhere else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
what=${1:-both}
PATH=$(echo "$PATH" | tr ':' '\n' | grep -v 'node_modules/\.bin$' | paste -sd: -)
export PATH

say() { echo "fresh: $*"; }
die() {
  say "$*" >&2
  exit 1
}
[ "$(id -u)" = 0 ] || die 'needs root, for debootstrap and chroot.'
command -v debootstrap >/dev/null || die 'needs debootstrap: apt-get install debootstrap'

node=$(readlink -f "$(command -v node)")
prefix=$(dirname "$(dirname "$node")")
npm=$prefix/lib/node_modules/npm
[ -d "$npm" ] || die "npm is not beside $node."

# In a mount namespace of its own: whatever happens here, also a SIGKILL, the mounts end with it, and
# nothing outside ever sees them.
if [ -z "${FRESH_NAMESPACE:-}" ]; then
  FRESH_NAMESPACE=1 exec unshare --mount --propagation private -- sh "$here/check-fresh.sh" "$@"
fi

root=$(mktemp -d /var/tmp/hippovolume-fresh.XXXXXX)
clean() {
  umount --recursive --lazy "$root/dev" "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$root"
}
trap clean EXIT
trap 'exit 130' INT TERM

# The bare Debian is kept for the next time.
base=build/bookworm.tar
if [ -f "$base" ]; then
  say 'unpacking Debian 12'
  tar --extract --file "$base" --directory "$root"
else
  say 'making Debian 12 with debootstrap'
  mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' | head -n 1)
  debootstrap --variant=minbase --include=ca-certificates,git bookworm "$root" "$mirror" >/dev/null ||
    die 'debootstrap failed.'
  mkdir -p build
  tar --create --file "$base" --directory "$root" .
fi

# mktemp lets nobody but root in, and PostgreSQL does not run as root.
chmod 755 "$root"

# How this machine reaches the outside.
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
[ ! -f /etc/apt/sources.list.d/debian.sources ] || {
  rm -f "$root/etc/apt/sources.list"
  cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/"
}
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
  [ ! -f "$file" ] || ! grep -qE '^ *Acquire::(Check|http|https|Retries)' "$file" ||
    grep -E '^ *Acquire::(Check|http|https|Retries)' "$file" >>"$root/etc/apt/apt.conf.d/99-this-machine"
done
mkdir -p "$root/usr/local/etc"
for file in "$prefix/etc/npmrc" "$HOME/.npmrc"; do
  [ ! -f "$file" ] || grep -E '^(registry|cafile|proxy|https-proxy|noproxy|@[^:]*:registry|//)' "$file" \
    >>"$root/usr/local/etc/npmrc" || true
done
outside=$(env | grep -iE '^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|MODEL_MANIFEST)=' || true)

say "Node $("$node" --version) and npm, without headers or compilers"
mkdir -p "$root/usr/local/lib/node_modules"
cp "$node" "$root/usr/local/bin/node"
cp -r "$npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
git clone --quiet --bare --no-hardlinks . "$root/srv/hippovolume.git"

mount -t proc proc "$root/proc"
# Devices of its own, not this machine's /dev: that one could be damaged from in here.
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
while read -r name major minor; do
  mknod -m 666 "$root/dev/$name" c "$major" "$minor"
done <<'DEVICES'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
DEVICES
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

inside() { # inside COMMAND
  # shellcheck disable=SC2086
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 $outside \
    chroot "$root" /bin/sh -euc "cd /root; [ ! -d hippovolume ] || cd hippovolume; $1" </dev/null
}
try() { # try COMMAND
  say "$1"
  start=$(date +%s)
  code=0
  inside "$1" || code=$?
  say "$1: exit code $code after $(($(date +%s) - start)) s"
  [ "$code" = 0 ]
}

inside 'git clone --quiet /srv/hippovolume.git hippovolume'
result=0
case $what in both | demo) try 'npm run demo -- --once' || result=1 ;; esac
case $what in both | test) try 'npm test' || result=1 ;; esac
exit $result
