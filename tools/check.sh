#!/bin/sh
# Runs one of the checks beside the tests: npm run check -- NAME [options]. docs/checks.md describes them.
# Each line of the table: name, what bootstrap.sh must install for it, and the command.
set -eu
cd "$(dirname "$0")/.."

table='
api           results  node tools/check-api/main.ts
attributes    -        node tools/check-attributes/main.ts
bench         demo     node tools/bench/main.ts
bench-load    demo     node tools/bench-load/main.ts
bench-queue   scale    node tools/bench-queue/main.ts
bench-scale   scale    node tools/bench-scale/main.ts
change        cli      node tools/check-change/main.ts
compose       -        node tools/check-compose.ts
flood         scale    node tools/worst-day/flood.ts
fresh         -        sh tools/check-fresh.sh
fuzz          test     node tools/fuzz/main.ts
geometry      results  node tools/check-geometry.ts
history       demo     node tools/check-history/main.ts
kill          demo     node tools/worst-day/kill.ts
localization  cli      node tools/check-localization.ts
long          test     env LONG_TESTS=true vitest run test/whole-path test/page
monitoring    -        node tools/check-monitoring.ts
norms         cli      node tools/norms/main.ts
operators     test     node tools/check-page.ts
orthanc-1.12  test     sh tools/check-orthanc.sh 1.12
orthanc-1.13  test     sh tools/check-orthanc.sh 1.13
overlay       viewer   node tools/check-overlay.ts
package       -        sh tools/check-package.sh
pages         -        node tools/check-pages.ts
queue-engine  scale    node tools/queue-engine/main.ts
replay        -        node tools/replay-compose.ts
results       results  node tools/check-results.ts
site          demo     node tools/check-site/main.ts
stability     cli      node tools/stability/main.ts
supply        -        node tools/check-supply.ts
training      -        sh tools/training-tests.sh
viewer        viewer   node tools/check-viewer.ts
'

list() { echo "$table" | awk 'NF { print $1 }'; }

name=${1:-}
[ $# = 0 ] || shift
row=$(echo "$table" | awk -v name="$name" 'NF && $1 == name')
if [ -z "$row" ]; then
  echo "usage: npm run check -- NAME [options]; docs/checks.md describes each. Names:" >&2
  list >&2
  exit 2
fi
purpose=$(echo "$row" | awk '{ print $2 }')
command=$(echo "$row" | awk '{ $1 = $2 = ""; print }')
[ "$purpose" = - ] || sh tools/bootstrap.sh "$purpose"
# shellcheck disable=SC2086 # The command of the table is meant to be split.
exec $command "$@"
