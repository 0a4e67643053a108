#!/usr/bin/env bash
# Every test after `make build check`: Go on SQLite and PostgreSQL, the story headless, the story in a browser.
# PostgreSQL is a throwaway cluster on loopback that is stopped and removed however this ends. All suites run, also
# after one has failed, so that one run tells everything.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tmp=$(mktemp -d)
clean() {
	trap - EXIT INT TERM
	[ ! -e "$tmp/postgres/data" ] || scripts/postgres.sh stop "$tmp/postgres" || true
	rm -rf -- "$tmp"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The cluster runs as another user when we are root, who must be able to reach its folder and nothing else in here.
chmod 711 "$tmp"
YUNEI_TEST_POSTGRES=$(scripts/postgres.sh start "$tmp/postgres")
export YUNEI_TEST_POSTGRES YUNEI_TEST_REQUIRE_POSTGRES=1

# Any Chromium will do for the browser tests; distributions call it differently.
for name in chromium chromium-browser google-chrome google-chrome-stable; do
	[ -z "${CHROMIUM:-}" ] || break
	CHROMIUM=$(command -v "$name" || true)
done
export CHROMIUM

passed=0 failed=0
suite() { # suite NAME COMMAND...
	local name=$1 began=$SECONDS
	shift
	echo "== $name"
	if "$@"; then
		passed=$((passed + 1))
		echo "== $name passed in $((SECONDS - began)) s"
	else
		failed=$((failed + 1))
		echo "== $name FAILED after $((SECONDS - began)) s"
	fi
}

go_tests() { go test -tags sqlite_fts5 -p 2 -timeout 20m ./...; }
story() { bin/yunei demo --once --json; }
browser() { (cd web && npm run --silent e2e); }

suite "Go, SQLite and PostgreSQL" go_tests
suite "the story, headless" story
suite "the story in a browser, as its seven roles" browser

echo "suites: $passed passed, $failed failed"
[ "$failed" = 0 ]
