#!/usr/bin/env bash
# Runs bin/bench with a throwaway PostgreSQL beside it. Arguments go to the bench: scripts/bench.sh -rounds 5 -only act
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tmp=$(mktemp -d)
chmod 711 "$tmp" # as root the cluster runs as another user
trap 'scripts/postgres.sh stop "$tmp/postgres" || true; rm -rf -- "$tmp"' EXIT
YUNEI_TEST_POSTGRES=$(scripts/postgres.sh start "$tmp/postgres")
export YUNEI_TEST_POSTGRES
bin/bench "$@"
