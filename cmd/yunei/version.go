package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build says which source this program was made from, as the Go toolchain stamped it.
func build() (revision, date string) {
	revision, date = "unknown", "unknown"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return revision, date
	}
	changed := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.time":
			date = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	if changed {
		revision += "+changes"
	}
	return revision, date
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "版本 (which source this program was built from)",
		Example: "  yunei version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			revision, date := build()
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "yunei %s (%s) %s %s/%s\n", revision, date, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
