// Package regimes carries the law as data into the binary: the packs, the vocabulary they are written in, and the
// working-day calendars. docs/pack-format.md describes the files; internal/core/regime reads them.
package regimes

import "embed"

// FS holds vocabulary.yaml, areas.csv, calendars/ and one folder per pack.
//
//go:embed vocabulary.yaml areas.csv calendars all:national-2025 all:national-disclosure-2019 all:national-dsl-2021 all:national-esign-2019 all:national-netdata-2025 all:national-pipl-2021 all:quanzhou-2024-05-17 all:guizhou-draft all:hainan-2021-09-15 all:weihai-draft-2022 all:yunei-base all:yunei-release all:zhoushan-2024-03-20
var FS embed.FS
