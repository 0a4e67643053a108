package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"strconv"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/ledger"
	"yunei/internal/core/ledger/proof"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/catalog"
	"yunei/internal/gate/node"
)

func ledgerCommand(cfg *Config) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "账本 (verify, export, check against the data, recover)",
		Example: `  yunei ledger verify receipt.json             check a receipt or an export, without a server
  yunei ledger verify --data ./var             check every entry of this database
  yunei ledger fsck --data ./var               compare the ledger with the business data
  yunei ledger export --data ./var all.jsonl   take the entries away`,
	}
	cmd.AddCommand(ledgerVerify(cfg), ledgerExport(cfg), ledgerFsck(cfg), ledgerRecover(cfg))
	return cmd
}

func (c *Config) keysDir() string { return filepath.Join(c.Data, "keys") }

// haveKeys keeps a command that only looks from making keys where none are: keys that fit no entry.
func (c *Config) haveKeys() error {
	if _, err := os.Stat(c.keysDir()); errors.Is(err, fs.ErrNotExist) {
		return errs.New(errs.NotFound, "数据目录 %s 中没有密钥, 请核对 --data", c.Data)
	}
	return nil
}

// openLog opens the ledger of the data folder without loaders, for what looks at entries alone.
func openLog(ctx context.Context, cfg *Config, readOnly bool) (*ledger.Log, *sqldb.DB, error) {
	if err := cfg.haveKeys(); err != nil {
		return nil, nil, err
	}
	keys, err := seal.LoadOrCreate(cfg.keysDir())
	if err != nil {
		return nil, nil, err
	}
	db, err := sqldb.Open(ctx, cfg.DB, sqldb.Options{ReadOnly: readOnly})
	if err != nil {
		return nil, nil, err
	}
	return ledger.New(db, keys, ledger.Options{Heads: cfg.Heads}), db, nil
}

func ledgerVerify(cfg *Config) *cobra.Command {
	var trust proof.Trust
	cmd := &cobra.Command{
		Use:   "verify [FILE...]",
		Short: "核验 (a receipt, an export, or with no file every entry of this database)",
		Long: `Checks signatures, proofs and both trees. With files it needs neither server nor data folder and does what the command
bin/verify does, with the same code; with none it reads the database, beside a running server if need be.`,
		Example: `  yunei ledger verify receipt.json
  yunei ledger verify --key 'yunei.local/…+…' all.jsonl
  yunei ledger verify --data ./var`,
		RunE: func(cmd *cobra.Command, files []string) error {
			good := true
			check := func(report *proof.Report) {
				report.Print(cmd.OutOrStdout())
				good = good && report.OK()
			}
			for _, name := range files {
				data, err := os.ReadFile(name)
				if err != nil {
					return errs.New(errs.NotFound, "读不到文件 %s, 请核对文件名: %w", name, err)
				}
				fmt.Fprintln(cmd.OutOrStdout(), "文件:", name)
				check(proof.VerifyFile(data, trust))
			}
			if len(files) == 0 {
				report, err := verifyAll(cmd.Context(), cfg, trust)
				if err != nil {
					return err
				}
				check(report)
			}
			if !good {
				return errs.New(errs.Conflict, "核验未通过, 请保留现场并报告数据主管部门")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&trust.Key, "key", "", "the log's Ed25519 key as the bureau published it")
	cmd.Flags().StringVar(&trust.SM3Key, "sm3-key", "", "the log's SM2 key as the bureau published it")
	return cmd
}

func verifyAll(ctx context.Context, cfg *Config, trust proof.Trust) (*proof.Report, error) {
	log, db, err := openLog(ctx, cfg, true)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	r, w := io.Pipe()
	go func() { w.CloseWithError(log.Export(ctx, w, 0, 0)) }()
	defer r.Close()
	return proof.VerifyExport(r, trust), nil
}

func ledgerExport(cfg *Config) *cobra.Command {
	var from, to uint64
	cmd := &cobra.Command{
		Use:     "export FILE",
		Short:   "导出 (entries with what a verifier needs; - writes to standard output)",
		Example: "  yunei ledger export --data ./var all.jsonl && bin/verify all.jsonl",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			log, db, err := openLog(cmd.Context(), cfg, true)
			if err != nil {
				return err
			}
			defer db.Close()
			if args[0] == "-" {
				return log.Export(cmd.Context(), cmd.OutOrStdout(), from, to)
			}
			f, err := os.OpenFile(args[0], os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
			if err != nil {
				return errs.New(errs.Conflict, "写不了 %s, 已有文件不覆盖; 请换一个文件名: %w", args[0], err)
			}
			if err := errors.Join(log.Export(cmd.Context(), f, from, to), f.Close()); err != nil {
				os.Remove(args[0])
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "已导出到 %s, 可用 bin/verify 离线核验\n", args[0])
			return err
		},
	}
	cmd.Flags().Uint64Var(&from, "from", 0, "first leaf")
	cmd.Flags().Uint64Var(&to, "to", 0, "leaf after the last one (default: all that is sealed)")
	return cmd
}

func ledgerFsck(cfg *Config) *cobra.Command {
	return &cobra.Command{
		Use:   "fsck",
		Short: "核对账本与业务数据 (both trees, every object version, every current row)",
		Long: `Recomputes both trees, every signed head and every object version's digest from the stored bytes, and compares the current
business rows with what the ledger says they were left as. It changes nothing and may run beside a server.`,
		Example: "  yunei ledger fsck --data ./var",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := cfg.haveKeys(); err != nil {
				return err
			}
			log, done, err := node.Inspect(cmd.Context(), node.Options{Data: cfg.Data, DB: cfg.DB, Heads: cfg.Heads})
			if err != nil {
				return err
			}
			defer done()
			problems, err := log.Fsck(cmd.Context())
			if err != nil {
				return err
			}
			for _, p := range problems {
				fmt.Fprintln(cmd.OutOrStdout(), p)
			}
			if len(problems) > 0 {
				return errs.New(errs.Conflict, "账本与数据有 %d 处不符, 请保留现场并报告数据主管部门", len(problems))
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "账本与业务数据一致")
			return err
		},
	}
}

// ledgerRecover is the lawful way on after a loss. Its second signature is made where the upper bureau keeps its key.
func ledgerRecover(cfg *Config) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recover",
		Short: "恢复账本 (go on after a loss, with a statement that two bodies sign)",
		Long: `A database that is behind its published head takes no entries. After a lawful restore from a backup the log goes on under a
new origin, whose first entry carries a loss statement signed by this installation and by the upper bureau:

  1. the upper bureau, once:  yunei ledger recover witness
  2. here, server stopped:    yunei ledger recover state
  3. the upper bureau:        yunei ledger recover cosign
  4. here, server stopped:    yunei ledger recover apply`,
		Example: `  yunei ledger recover witness --name fujian.data-bureau upper.key
  yunei ledger recover state --data ./var --reason '磁盘损坏, 自 11 月 20 日备份恢复' loss.txt
  yunei ledger recover cosign --key upper.key loss.txt signed.txt
  yunei ledger recover apply --data ./var --witness 'fujian.data-bureau+…' signed.txt`,
	}
	cmd.AddCommand(recoverWitness(), recoverState(cfg), recoverCosign(), recoverApply(cfg))
	return cmd
}

func recoverWitness() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:     "witness KEYFILE",
		Short:   "生成上级部门的签名密钥 (prints the public half, which is given to the installation)",
		Example: "  yunei ledger recover witness --name fujian.data-bureau upper.key",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			private, public, err := ledger.Witness(name)
			if err != nil {
				return errs.New(errs.Invalid, "密钥名称 %q 不可用, 不能为空或含空格、加号, 请改正 --name: %w", name, err)
			}
			if err := create(args[0], private, 0o600); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), public)
			return err
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name of the body that signs, without blanks")
	return cmd
}

func recoverState(cfg *Config) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:     "state FILE",
		Short:   "出具损失说明 (which published entries are lost, and why; signed by this installation)",
		Example: "  yunei ledger recover state --data ./var --reason '磁盘损坏' loss.txt",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			log, db, err := openLog(cmd.Context(), cfg, true)
			if err != nil {
				return err
			}
			defer db.Close()
			statement, err := log.StateLoss(cmd.Context(), reason)
			if err != nil {
				return err
			}
			if err := create(args[0], statement, 0o644); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n损失说明已写入 %s, 请交上级部门用 yunei ledger recover cosign 签署\n", statement, args[0])
			return err
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why entries are lost; stands in the ledger for ever")
	return cmd
}

func recoverCosign() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:     "cosign FILE SIGNED",
		Short:   "签署损失说明 (the upper bureau's signature, on its own machine)",
		Example: "  yunei ledger recover cosign --key upper.key loss.txt signed.txt",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			private, err := os.ReadFile(key)
			if err != nil {
				return errs.New(errs.NotFound, "读不到签名私钥, 请核对 --key: %w", err)
			}
			statement, err := os.ReadFile(args[0])
			if err != nil {
				return errs.New(errs.NotFound, "读不到损失说明, 请核对文件名: %w", err)
			}
			signed, err := ledger.Cosign(string(statement), string(private))
			if err != nil {
				return err
			}
			return create(args[1], signed, 0o644)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file with the private key that recover witness made")
	return cmd
}

func recoverApply(cfg *Config) *cobra.Command {
	var witness string
	cmd := &cobra.Command{
		Use:     "apply SIGNED",
		Short:   "依两方签署的说明续写账本 (server stopped)",
		Example: "  yunei ledger recover apply --data ./var --witness 'fujian.data-bureau+…' signed.txt",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			signed, err := os.ReadFile(args[0])
			if err != nil {
				return errs.New(errs.NotFound, "读不到损失说明, 请核对文件名: %w", err)
			}
			log, db, err := openLog(cmd.Context(), cfg, false)
			if err != nil {
				return err
			}
			defer db.Close()
			if err := log.Recover(cmd.Context(), string(signed), witness, writeOff); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "账本已在新的起点续写, 首条记录载明损失说明。丢失期间的披露无从查考, 各资源本年度未用的披露额度已全部核销, 须由数据主管部门另行决定并公开后方可再用; 现在可以启动服务")
			return err
		},
	}
	cmd.Flags().StringVar(&witness, "witness", "", "public key of the upper bureau, as recover witness printed it")
	return cmd
}

// writeOff takes what is left of every resource's disclosure budget of the year: nobody can say what was released in the
// part of the log that is lost, so it counts as released.
func writeOff(ctx context.Context, tx *sqldb.Tx) error {
	resources, err := catalog.Private(ctx, tx)
	if err != nil {
		return err
	}
	return disclose.New().WriteOff(ctx, tx, resources, strconv.Itoa(workday.DateOf(tx.Now()).Year()))
}

// create writes a file that must not exist: keys and statements are never overwritten.
func create(name, text string, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return errs.New(errs.Conflict, "写不了 %s, 已有文件不覆盖; 请换一个文件名: %w", name, err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
