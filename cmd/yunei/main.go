// Command yunei (域内) is the one program of the platform: the server, the demonstration, and the tools with which an
// operator, a lawyer and an auditor look after it. It holds no rule and no state of its own: it reads the settings,
// builds the services and hands over.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // legal days are days in Shanghai, also on a machine without a zone database

	"github.com/spf13/cobra"

	"yunei/internal/base/errs"
	"yunei/internal/core/query/duckdb"
)

func main() {
	duckdb.MaybeWorker() // the locked engine is this same program, started as a child
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := rootCommand()
	if err := root.ExecuteContext(ctx); err != nil {
		stop()
		say(root, err)
		os.Exit(1)
	}
}

func rootCommand() *cobra.Command {
	cfg := &Config{}
	root := &cobra.Command{
		Use:   "yunei",
		Short: "域内: 公共数据授权运营平台 (public-data authorized operation)",
		Long: `Yunei (域内) runs public-data authorized operation: one program and one data folder.

Settings are read from flags, then from the environment (YUNEI_DATA for --data), then from one YAML file
(--config or YUNEI_CONFIG); a setting given nowhere has a working default.`,
		Example: `  yunei demo                                  tell one city's story, then serve it
  yunei serve --data ./var                    run the server on the embedded database
  yunei serve --db postgres://host/yunei      run one of several nodes on PostgreSQL
  yunei doctor --data ./var                   look for what would go wrong`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := cfg.load(cmd.Flags(), os.LookupEnv); err != nil {
				return err
			}
			slog.SetDefault(slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: cfg.level()})))
			return nil
		},
	}
	cfg.bind(root.PersistentFlags())
	root.AddCommand(
		serveCommand(cfg),
		demoCommand(cfg),
		accountCommand(cfg),
		ledgerCommand(cfg),
		regimeCommand(),
		stepCommand(),
		migrateCommand(cfg),
		backupCommand(cfg),
		restoreCommand(cfg),
		doctorCommand(cfg),
		versionCommand(),
	)
	return root
}

// say prints a failure for the person at the terminal: our own sentences as they are, with the places and the law they
// name; anything else with its cause, because here the reader is the operator.
func say(cmd *cobra.Command, err error) {
	w := cmd.ErrOrStderr()
	e, ours := errors.AsType[*errs.Error](err)
	if !ours {
		fmt.Fprintln(w, "yunei:", err)
		return
	}
	fmt.Fprintln(w, "yunei:", e.Msg)
	for _, spot := range e.Spots {
		fmt.Fprintf(w, "  %s: %s\n", spot.Where, spot.Message)
	}
	for _, cite := range e.Cites {
		fmt.Fprintf(w, "  依据 %s %s: %s\n", cite.Law, cite.Article, cite.Quote)
	}
	if e.Code == errs.Internal && e.Err != nil {
		fmt.Fprintln(w, "  原因:", e.Err)
	}
}
