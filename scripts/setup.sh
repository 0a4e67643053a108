#!/usr/bin/env bash
# Installs what the build or the tests need and the machine lacks, or says exactly what to type.
#
#   scripts/setup.sh build   what `make demo` needs: Go, Node and a C++ compiler (DuckDB is linked in)
#   scripts/setup.sh test    the same and PostgreSQL, Chromium and a Chinese font for the tests
#
# Go and Node are never installed: their owners' versions are the person's choice. The rest comes from Debian or
# Ubuntu when we are root or sudo asks no password. Nothing is done, and nothing printed, where all of it is present.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

want=${1:-test}
case $want in build | test) ;; *)
	echo "usage: scripts/setup.sh build|test" >&2
	exit 2
	;;
esac

# The oldest versions that work: Go as go.mod says, Node as web/package.json says.
go_min=$(awk '$1 == "go" { print $2; exit }' go.mod)
node_min=20.19

at_least() { # at_least 1.26.8 1.26.0: is the first version the second or newer?
	[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

has_go() {
	local found
	command -v go >/dev/null 2>&1 || return 1
	found=$(go env GOVERSION 2>/dev/null) || return 1
	at_least "${found#go}" "$go_min"
}
has_node() {
	command -v npm >/dev/null 2>&1 || return 1
	at_least "$(node -p 'process.versions.node' 2>/dev/null || echo 0)" "$node_min"
}
has_compiler() { command -v "${CXX:-g++}" >/dev/null 2>&1; }
has_postgres() {
	command -v initdb >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}
has_chromium() {
	[ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return 0
	local name
	for name in chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" >/dev/null 2>&1 && return 0
	done
	return 1
}
# No pipe into grep -q: under pipefail it would end fc-list early and call that a failure.
has_font() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn family)" ]; }

failed=0
if ! has_go; then
	echo "setup: Go $go_min or newer is needed and was not found: install it from https://go.dev/dl/ and put it on PATH" >&2
	failed=1
fi
if ! has_node; then
	echo "setup: Node $node_min or newer with npm is needed and was not found: install it from https://nodejs.org/ and put it on PATH" >&2
	failed=1
fi
[ $failed = 0 ] || exit 1

missing() { # the distribution's packages that are still missing, one a line
	has_compiler || echo g++
	[ "$want" = test ] || return 0
	has_postgres || echo postgresql
	has_chromium || echo chromium
	has_font || { echo fontconfig; echo fonts-noto-cjk; }
}

packages=$(missing | tr '\n' ' ')
[ -n "${packages// /}" ] || exit 0

say_by_hand() {
	cat >&2 <<-EOF
		setup: missing: $packages
		       On Debian or Ubuntu type
		         sudo apt-get update && sudo apt-get install -y $packages
		       On Ubuntu outside a desktop "chromium" is only a snap: install Google Chrome or another Chromium
		       and set CHROMIUM to its path. On other systems install a C++ compiler, PostgreSQL 15 or
		       newer, Chromium and a Noto CJK font by their own names. Then run the same make command again.
	EOF
	exit 1
}

command -v apt-get >/dev/null 2>&1 || say_by_hand
as_root=()
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null || say_by_hand
	as_root=(sudo -n)
fi

echo "setup: installing $packages"
"${as_root[@]}" apt-get update -q </dev/null || say_by_hand
if ! apt-cache show chromium >/dev/null 2>&1; then
	packages=${packages/chromium/chromium-browser}
fi
# shellcheck disable=SC2086 # a list of package names
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages </dev/null || say_by_hand

packages=$(missing | tr '\n' ' ')
[ -z "${packages// /}" ] || say_by_hand
