package main

import (
	"fmt"

	"github.com/spf13/cobra"

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
			db, err := sqldb.Open(cmd.Context(), cfg.DB, sqldb.Options{})
			if err != nil {
				return err
			}
			defer db.Close()
			if err := schema.Migrate(cmd.Context(), db); err != nil {
				return err
			}
			steps, err := schema.Migrations(db.Dialect())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "数据库结构已是最新: %s\n", steps[len(steps)-1].Name)
			return err
		},
	}
}
