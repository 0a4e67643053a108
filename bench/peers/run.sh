#!/usr/bin/env bash
# Runs the group "peers" of the bench with the peers of requirements.txt in a Python environment of their own. It is kept
# in $YUNEI_PEERS (default var/peers) for the next run. Arguments go to the bench: bench/peers/run.sh -short
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

venv=${YUNEI_PEERS:-var/peers}
if ! cmp -s bench/peers/requirements.txt "$venv/installed.txt"; then
	python3 -m venv "$venv"
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r bench/peers/requirements.txt
	cp bench/peers/requirements.txt "$venv/installed.txt"
fi
exec go run -tags sqlite_fts5 ./bench -only peers -python "$venv/bin/python" "$@"
