#!/usr/bin/env bash
# A throwaway PostgreSQL for the tests, on loopback only.
#
#   scripts/postgres.sh start DIR   starts a cluster in DIR (made if need be) and prints its URL
#   scripts/postgres.sh stop DIR    stops it and removes DIR
#
# initdb refuses to run as root: as root the cluster runs as the user "postgres", or "nobody" where there is none.
set -euo pipefail

usage() { sed -n '2,7p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2; }
[ $# -eq 2 ] || usage
dir=$(realpath -m -- "$2")

bin=${YUNEI_POSTGRES_BIN:-}
if [ -z "$bin" ]; then
	if command -v initdb >/dev/null; then
		bin=$(dirname "$(command -v initdb)")
	else
		bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
	fi
fi
[ -x "$bin/initdb" ] || { echo "PostgreSQL is not installed: no initdb in PATH or /usr/lib/postgresql/*/bin" >&2; exit 1; }

as=()
if [ "$(id -u)" = 0 ]; then
	user=postgres
	id "$user" >/dev/null 2>&1 || user=nobody
	as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env HOME=/tmp)
fi

start() {
	[ ! -e "$dir/data/PG_VERSION" ] || { echo "$dir already holds a cluster: stop it first" >&2; exit 1; }
	mkdir -p "$dir"
	[ ${#as[@]} -eq 0 ] || chown "$user" "$dir"
	cd "$dir"
	"${as[@]}" "$bin/initdb" -D "$dir/data" -U yunei -A trust -E UTF8 --locale=C >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
	for _ in 1 2 3 4 5; do # another program may take the port between the choice and the start
		port=$((20000 + RANDOM % 30000))
		if "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -s -l "$dir/data/server.log" \
			-o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=400 -c max_pred_locks_per_transaction=256" start >&2; then
			echo "postgres://yunei@127.0.0.1:$port/postgres?sslmode=disable"
			return
		fi
	done
	tail -n 20 "$dir/data/server.log" >&2
	exit 1
}

stop() {
	[ -e "$dir/data/PG_VERSION" ] || { echo "$dir holds no cluster" >&2; exit 1; }
	cd /
	"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -s -m immediate stop >&2 || true
	rm -rf -- "$dir/data" "$dir/initdb.log"
	rmdir -- "$dir" 2>/dev/null || true
}

case $1 in
start) start ;;
stop) stop ;;
*) usage ;;
esac
