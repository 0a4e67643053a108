# Two commands do everything on a fresh Debian or Ubuntu machine with Go and Node:
#   make demo   builds, tells the story on the embedded databases and then serves it
#   make test   everything that can be checked: what CI runs
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# FTS5 is a compile-time option of the SQLite driver; without the tag the search tables cannot be made.
TAGS := sqlite_fts5
# A clone owned by somebody else has no readable version control data; the build then goes on without the stamp.
BUILD := -tags $(TAGS) $(shell git rev-parse HEAD >/dev/null 2>&1 || echo -buildvcs=false)

# Installing comes before building, also under make -j.
.NOTPARALLEL:

.PHONY: help setup setup-build build demo check test bench verify fuzz clean fmt

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## install what the tests need and this machine lacks
	@scripts/setup.sh test

setup-build:
	@scripts/setup.sh build

# --- build ----------------------------------------------------------------------------------------------------------

WEB_SOURCES := $(shell find web/src web/public web/scripts web/index.html web/vite.config.ts web/tsconfig.json -type f 2>/dev/null)

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

build: setup-build web/dist/index.html ## bin/yunei with the console inside, and bin/verify
	go build $(BUILD) -o bin/yunei ./cmd/yunei
	CGO_ENABLED=0 go build $(BUILD) -o bin/verify ./cmd/verify

demo: build ## tell one city's story on real data, then serve it with an account per role
	bin/yunei demo

# --- check ----------------------------------------------------------------------------------------------------------

GO_FOLDERS := $(wildcard bench cmd data internal regimes web/*.go)

fmt: ## format the Go code
	gofmt -w $(GO_FOLDERS)

check: setup-build web/dist/index.html ## formats, vet, staticcheck, the import rule, the packs, the console's types
	@unformatted=$$(gofmt -l $(GO_FOLDERS)); [ -z "$$unformatted" ] || { echo "not formatted, run make fmt:"; echo "$$unformatted"; exit 1; }
	go vet -tags $(TAGS) ./...
	go tool staticcheck -tags $(TAGS) ./...
	go test -tags $(TAGS) ./internal
	go run $(BUILD) ./cmd/yunei regime lint
	cd web && npm run --silent check

test: setup build check ## everything: checks, both databases, the story headless, the browser as seven roles
	@scripts/test.sh

verify: web/node_modules/.package-lock.json ## prove that generated files are fresh
	go test -tags $(TAGS) ./internal ./internal/gate/api
	cd web && npm run --silent generate
	git diff --exit-code -- web/src/api/__generated__

bench: setup build ## ratios measured side by side in one run, on both databases
	go build $(BUILD) -o bin/bench ./bench
	@scripts/bench.sh

FUZZTIME ?= 30s
fuzz: ## every fuzz target for FUZZTIME (default 30s)
	@grep -rlE '^func Fuzz' --include='*_test.go' cmd internal | sort | while read -r file; do \
		for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]+)\(.*/\1/p' "$$file"); do \
			echo "== ./$$(dirname "$$file") $$target"; \
			go test -tags $(TAGS) -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")"; \
		done; \
	done

clean: ## remove what was built; ./var, where data lies, stays
	rm -rf bin web/dist/assets web/dist/index.html* web/test-results web/playwright-report
