#!/bin/sh
# Makes the passwords and tokens of docker-compose.yml as files in secrets/. Files that exist are kept, so that it can be
# run again.   sh packaging/make-secrets.sh [--scale]     --scale also names the PostgreSQL of the profile `scale`
set -eu
cd "$(dirname "$0")/.."
mkdir -p secrets
# The folder keeps others out. The files themselves are readable, because each container reads them as its own user.
chmod 700 secrets
umask 022

make() { # make NAME TEXT
  [ -e "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

for name in api_token hook_token orthanc_password viewer_password postgres_password pseudonym_secret; do
  make "$name" "$(random)"
done
# Optional: an empty file means that there is none.
for name in operator_token reader_token database_url; do make "$name" ''; done

if [ "${1:-}" = --scale ] && [ ! -s secrets/database_url ]; then
  printf 'postgresql://hippovolume:%s@postgres:5432/hippovolume' "$(cat secrets/postgres_password)" >secrets/database_url
fi
# What Orthanc reads beside its configuration: written anew, so that it follows the files above.
cat >secrets/orthanc_accounts.json <<END
{
  "RegisteredUsers": {
    "hippovolume": "$(cat secrets/orthanc_password)",
    "viewer": "$(cat secrets/viewer_password)"
  },
  "HippoVolume": { "HookToken": "$(cat secrets/hook_token)" }
}
END
echo "secrets/ is complete. The administrator's token: secrets/api_token"
