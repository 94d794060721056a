#!/bin/sh
# Runs the tests that need an Orthanc against the one of a newer Debian, which is made once with debootstrap and kept in
# ~/.cache/hippovolume. Needs root and debootstrap the first time.   npm run check -- orthanc-1.12|orthanc-1.13 [TESTS]
set -eu
cd "$(dirname "$0")/.."
case $1 in
1.12) suite=trixie ;;
1.13) suite=sid ;;
*) echo "orthanc: which version is '$1'?" >&2; exit 2 ;;
esac
shift
root=${XDG_CACHE_HOME:-$HOME/.cache}/hippovolume/$suite
if [ ! -e "$root/usr/share/orthanc/plugins/libOrthancDicomWeb.so" ]; then
  [ "$(id -u)" = 0 ] || { echo 'orthanc: the first time needs root, for debootstrap.' >&2; exit 1; }
  command -v debootstrap >/dev/null || { echo 'orthanc: please run apt-get install debootstrap' >&2; exit 1; }
  mkdir -p "$(dirname "$root")"
  rm -rf "$root.new"
  mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' | head -n 1)
  echo "orthanc: making Debian $suite (two minutes)" >&2
  debootstrap --variant=minbase --include=ca-certificates,orthanc,orthanc-dicomweb "$suite" "$root.new" "$mirror" \
    >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 1; }
  mv "$root.new" "$root"
fi
export HIPPO_ORTHANC_ROOT="$root"
[ $# -gt 0 ] || set -- test/archive test/lua test/whole-path
if [ "$1" = demo ]; then exec node tools/demo.ts --once; fi
exec vitest run "$@"
