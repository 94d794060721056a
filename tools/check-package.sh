#!/bin/sh
# Installs what `npm run package` made, in a clean Debian 12 (debootstrap), and measures a study with it: the .deb with
# apt-get, then the npm package without a registry. Needs root and debootstrap.   npm run check -- package STUDY_FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
study=$(cd "${1:?usage: npm run check -- package STUDY_FOLDER}" && pwd)
packages=$(pwd -P)/build/package
ls "$packages"/*.deb "$packages"/*.tgz >/dev/null
PATH=$(echo "$PATH" | tr ':' '\n' | grep -v 'node_modules/\.bin$' | paste -sd: -)
export PATH
if [ -z "${PACKAGE_NAMESPACE:-}" ]; then
  PACKAGE_NAMESPACE=1 exec unshare --mount --propagation private -- sh "$here/check-package.sh" "$study"
fi

base=${XDG_CACHE_HOME:-$HOME/.cache}/hippovolume/bookworm.tar
root=$(mktemp -d /var/tmp/hippovolume-package.XXXXXX)
trap 'umount --recursive --lazy "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
if [ -f "$base" ]; then
  tar --extract --file "$base" --directory "$root"
else
  mkdir -p "$(dirname "$base")"
  mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' | head -n 1)
  debootstrap --variant=minbase --include=ca-certificates,systemd bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log" >&2; exit 1; }
  rm -f "$root.log"
  tar --create --file "$base" --directory "$root" .
fi
chmod 755 "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
mkdir "$root/srv/packages"
cp "$packages"/*.deb "$packages"/*.tgz "$root/srv/packages/"
cp -r "$study" "$root/srv/study"

inside() { # inside COMMAND
  echo "package: $1"
  start=$(date +%s)
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/srv LANG=C.UTF-8 \
    chroot "$root" /bin/sh -euc "cd /srv/packages; $1" </dev/null
  echo "package: $(($(date +%s) - start)) s"
}
quiet='>/tmp/log 2>&1 || { tail -n 20 /tmp/log; exit 1; }'
inside "apt-get update $quiet"
inside "DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ./hippovolume_*.deb $quiet"
inside 'id hippovolume; stat --format "%A %U %n" /etc/hippovolume/hippovolume.env'
inside 'systemd-analyze verify hippovolume.service'
inside 'systemd-analyze security --offline=true hippovolume.service | tail -n 1'
inside 'umask 077; mkdir /srv/out; chown hippovolume /srv/out; chmod -R a+rX /srv/study
  setpriv --reuid=hippovolume --regid=hippovolume --clear-groups hippovolume analyze /srv/study --output /srv/out --threads 1'
inside 'mkdir npm; cd npm; node=/usr/lib/hippovolume/node/bin/node; tar -xzf ../hippovolume-*.tgz
  $node package/bin/hippovolume.js analyze /srv/study --output /srv/out2 --threads 1 | tail -n 1'
inside "apt-get purge --yes hippovolume $quiet; ls /usr/lib/hippovolume /etc/hippovolume 2>&1 | tail -n 2"
echo 'package: the .deb and the npm package were installed, measured the study, and were removed.'
