//go:build !linux

package duckdb

import "os/exec"

type namespace struct{}

func namespaces() []namespace { return []namespace{{}} }

func (namespace) apply(*exec.Cmd) {}

// putUpWalls has nothing to put up: the walls are facilities of Linux.
func putUpWalls(frame) []Wall {
	walls := make([]Wall, len(wallNames))
	for i, name := range wallNames {
		walls[i] = Wall{Name: name, Title: wallTitles[name], Why: "隔离措施依赖 Linux 内核，请部署在 Linux 上"}
	}
	return walls
}
