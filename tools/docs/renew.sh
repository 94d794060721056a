#!/bin/sh
# Renews a generated part of the documents: npm run docs -- settings, roles, schemas or images.
set -eu
cd "$(dirname "$0")/../.."
case ${1:-} in
  settings) exec node tools/docs/settings-table.ts ;;
  roles) exec node tools/docs/roles-table.ts ;;
  schemas) node tools/docs/schemas.ts && exec npx biome format --write src/*/*.schema.json src/*/*/*.schema.json ;;
  images) sh tools/bootstrap.sh demo && exec node tools/docs/report-images.ts ;;
  *)
    echo 'usage: npm run docs -- settings, roles, schemas or images' >&2
    exit 2
    ;;
esac
