package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/step"
)

// stepCommand is for developers of WebAssembly steps: what the platform would say to a module, without the platform.
func stepCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "step", Short: "Build and check the WebAssembly step of a model"}
	var out string
	build := &cobra.Command{
		Use:   "build FILE.wat",
		Short: "Make a module of WebAssembly text",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			module, err := step.Assemble(string(text))
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if err := accepted(module); err != nil {
				return err
			}
			if out == "" {
				out = strings.TrimSuffix(args[0], ".wat") + ".wasm"
			}
			return os.WriteFile(out, module, 0o644)
		},
	}
	build.Flags().StringVarP(&out, "output", "o", "", "file to write; FILE.wasm by default")
	var printed bool
	check := &cobra.Command{
		Use:   "check FILE.wasm",
		Short: "Say whether a module would be accepted, and what is known of it before it runs",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			if err := accepted(raw); err != nil {
				return err
			}
			m, _ := guard.Module(raw)
			if printed {
				fmt.Fprint(cmd.OutOrStdout(), m.Print())
				return nil
			}
			e := json.NewEncoder(cmd.OutOrStdout())
			e.SetIndent("", "  ")
			return e.Encode(m.Report())
		},
	}
	check.Flags().BoolVar(&printed, "text", false, "print all code of the module as WebAssembly text, as its reviewers read it")
	cmd.AddCommand(build, check)
	return cmd
}

func accepted(module []byte) error {
	_, refusals := guard.Module(module)
	if len(refusals) == 0 {
		return nil
	}
	return fmt.Errorf("%s %s; %s (%s)", refusals[0].Code, refusals[0].Zh, refusals[0].En, refusals[0].Hint)
}
