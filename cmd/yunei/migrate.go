package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/schema"
)

func migrateCommand(cfg *Config) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "升级数据库结构 (bring the control database to this program's shape)",
		Long:  "Runs the numbered migrations that the database lacks, each in one transaction. serve does the same at its start.",
		Example: `  yunei migrate --data ./var
  yunei migrate --db postgres://host/yunei`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := openMigrated(cmd.Context(), cfg, clock.Real{})
			if err != nil {
				return err
			}
			defer db.Close()
			steps, err := schema.Migrations(db.Dialect())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "数据库结构已是最新: %s\n", steps[len(steps)-1].Name)
			return err
		},
	}
}

// openMigrated makes the data folder where it is missing and opens the control database in this program's shape.
func openMigrated(ctx context.Context, cfg *Config, clk clock.Clock) (*sqldb.DB, error) {
	if err := cfg.prepare(); err != nil {
		return nil, err
	}
	db, err := sqldb.Open(ctx, cfg.DB, sqldb.Options{Clock: clk})
	if err != nil {
		return nil, err
	}
	if err := schema.Migrate(ctx, db); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}
