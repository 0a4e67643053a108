// Package web carries the built console inside the binary; before `npm run build` it holds only a place keeper.
package web

import "embed"

//go:embed all:dist
var Dist embed.FS
