package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"yunei/internal/base/errs"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/gate/node"
)

func serveCommand(cfg *Config) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "启动服务 (run the server)",
		Long: `Runs the platform over the data folder until it is told to stop.

The SQL domain needs the walls around the engine (yunei doctor lists them). Where one is missing, serve starts only with
--no-walls.`,
		Example: `  yunei serve --data ./var
  yunei serve --db postgres://host/yunei --listen 0.0.0.0:8080 --url https://data.example.gov.cn`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := walled(cfg); err != nil {
				return err
			}
			if err := cfg.prepare(); err != nil {
				return err
			}
			door, err := cfg.wireDoor()
			if err != nil {
				return err
			}
			options := cfg.options()
			if options.TrustedProxies, err = cfg.proxies(); err != nil {
				return err
			}
			options.Wire = door.address()
			n, err := node.Open(cmd.Context(), options)
			if cmd.Context().Err() != nil && errors.Is(err, context.Canceled) {
				return nil // told to stop while it was starting: an end like any other
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, n.Close()) }()
			listener, err := net.Listen("tcp", cfg.Listen)
			if err != nil {
				return errs.New(errs.Unavailable, "监听 %s 失败, 请检查 --listen 或占用该端口的程序: %w", cfg.Listen, err)
			}
			slog.Info("serving", "listen", listener.Addr().String(), "url", cfg.URL, "data", cfg.Data)
			fmt.Fprintf(cmd.OutOrStdout(), "域内已启动: %s\n", cfg.URL)
			return run(cmd.Context(), listener, n.Handler(), n.Run, door.serve(n))
		},
	}
}

func (c *Config) options() node.Options {
	return node.Options{Data: c.Data, DB: c.DB, Heads: c.Heads, Packs: c.Packs, NoWalls: c.NoWalls, NoEngine: c.NoEngine, SecureCookies: c.secure(), URL: c.URL}
}

// walled refuses a machine that lacks a wall unless told to go on.
func walled(cfg *Config) error {
	if cfg.NoEngine { // nothing to wall in
		return nil
	}
	for _, w := range duckdb.Walls() {
		if w.Present {
			continue
		}
		if !cfg.NoWalls {
			return errs.New(errs.Unavailable, "这台机器缺少隔离措施 %s (%s), 不启动 SQL 加工; 请补上后再启动, 或明确加 --no-walls; 只做按人查询的, 加 --no-engine", w.Title, w.Why)
		}
		slog.WarnContext(context.Background(), "wall missing", "wall", w.Name, "why", w.Why)
	}
	return nil
}

// secure says whether people reach the server over TLS, so that their session cookie may insist on it.
func (c *Config) secure() bool { return strings.HasPrefix(c.URL, "https://") }
