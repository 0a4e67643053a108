package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/schema"
)

// Finding is one thing that doctor looked at.
type Finding struct {
	What  string `json:"what"`
	State string `json:"state"` // ok, warn or fail
	Say   string `json:"say"`
}

const (
	fine = "ok"
	warn = "warn"
	fail = "fail"
)

func doctorCommand(cfg *Config) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "体检 (look for what would go wrong, and change nothing)",
		Long: `Looks at the data folder, the disk, the clock, the database, the ledger's published head and the walls of the locked SQL
engine. It changes nothing and may run beside a server. The exit code is 1 when something would keep the server from
doing its duty.`,
		Example: `  yunei doctor --data ./var
  yunei doctor --data ./var --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := examine(cmd.Context(), cfg)
			if err := report(cmd.OutOrStdout(), findings, asJSON); err != nil {
				return err
			}
			for _, f := range findings {
				if f.State == fail {
					return errs.New(errs.Unavailable, "体检有未通过的项目, 请按上面的提示处理后重试")
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return cmd
}

func report(w io.Writer, findings []Finding, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(findings)
	}
	for _, f := range findings {
		if _, err := fmt.Fprintf(w, "%-4s  %s: %s\n", map[string]string{fine: "正常", warn: "注意", fail: "未过"}[f.State], f.What, f.Say); err != nil {
			return err
		}
	}
	return nil
}

func examine(ctx context.Context, cfg *Config) []Finding {
	findings := []Finding{examineFolder(cfg.Data), examineDisk(cfg.Data), examineClock(time.Now())}
	findings = append(findings, examineDatabase(ctx, cfg)...)
	findings = append(findings, examineHeadPlace(cfg))
	for _, wall := range duckdb.Walls() {
		findings = append(findings, examineWall(wall, cfg.NoWalls || cfg.NoEngine))
	}
	return findings
}

// examineWall: without one of its walls the engine does not run, unless the operator said that it may.
func examineWall(wall duckdb.Wall, mayLack bool) Finding {
	f := Finding{"引擎围墙 " + wall.Name, fine, wall.Why}
	switch {
	case !wall.Present && mayLack:
		f.State = warn
	case !wall.Present:
		f.State, f.Say = fail, f.Say+"; 请在具备此项的机器上部署, 或以 --no-walls 表示知悉后启用"
	}
	return f
}

// examineFolder: the data folder holds raw data and keys, so nobody else on the machine may read it.
func examineFolder(dir string) Finding {
	const what = "数据目录"
	info, err := os.Stat(dir)
	switch {
	case os.IsNotExist(err):
		return Finding{what, warn, dir + " 还不存在, 首次启动时建立"}
	case err != nil:
		return Finding{what, fail, fmt.Sprintf("%s 不可读, 请检查权限: %v", dir, err)}
	case !info.IsDir():
		return Finding{what, fail, dir + " 不是目录, 请改正 --data"}
	case unix.Access(dir, unix.W_OK) != nil:
		return Finding{what, fail, dir + " 不可写, 请检查权限"}
	case info.Mode().Perm()&0o077 != 0:
		return Finding{what, warn, fmt.Sprintf("%s 的权限是 %04o, 本机其他用户可进入; 请运行 chmod 700 %s", dir, info.Mode().Perm(), dir)}
	}
	return Finding{what, fine, dir}
}

const (
	littleDisk = 1 << 30
	noDisk     = 64 << 20
)

func examineDisk(dir string) Finding {
	const what = "磁盘余量"
	for { // the nearest folder that exists
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return Finding{what, warn, fmt.Sprintf("看不到 %s 的余量: %v", dir, err)}
	}
	return judgeDisk(st.Bavail * uint64(st.Bsize))
}

func judgeDisk(free uint64) Finding {
	f := Finding{"磁盘余量", fine, fmt.Sprintf("%.1f GiB", float64(free)/(1<<30))}
	switch {
	case free < noDisk:
		f.State, f.Say = fail, f.Say+", 已不足以办理; 请腾出空间"
	case free < littleDisk:
		f.State, f.Say = warn, f.Say+", 请尽快腾出空间"
	}
	return f
}

// examineClock: deadlines and validity are counted by this clock, so it must be set by something.
func examineClock(now time.Time) Finding {
	const what = "系统时钟"
	say := now.In(shanghai()).Format("2006-01-02 15:04:05 MST")
	if now.Year() < 2024 {
		return Finding{what, fail, say + " 明显不对, 请校时"}
	}
	var tx unix.Timex
	state, err := unix.Adjtimex(&tx)
	if err != nil {
		return Finding{what, warn, say + ", 看不到是否与时间源同步"}
	}
	if state == unix.TIME_ERROR {
		return Finding{what, warn, say + ", 未与时间源同步; 时限和有效期以此计算, 请启用 NTP"}
	}
	return Finding{what, fine, say + ", 已与时间源同步"}
}

func shanghai() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return time.FixedZone("CST", 8*3600)
	}
	return zone
}

// examineDatabase opens the database read only, so that it may look beside a running server.
func examineDatabase(ctx context.Context, cfg *Config) []Finding {
	const what = "控制库"
	if path, ok := cfg.sqlitePath(); ok {
		if _, err := os.Stat(path); os.IsNotExist(err) {
			return []Finding{{what, warn, path + " 还不存在, 首次启动时建立"}}
		}
	}
	db, err := sqldb.Open(ctx, cfg.DB, sqldb.Options{ReadOnly: true})
	if err != nil {
		return []Finding{{what, fail, err.Error()}}
	}
	defer db.Close()
	return []Finding{examineSchema(ctx, db), examineLedger(ctx, cfg)}
}

// examineLedger compares the database with the last head that was shown to anyone.
func examineLedger(ctx context.Context, cfg *Config) Finding {
	const what = "账本"
	log, db, err := openLog(ctx, cfg, true)
	if errs.Is(err, errs.NotFound) {
		return Finding{what, warn, "还没有密钥, 首次启动时建立"}
	}
	if err != nil {
		return Finding{what, fail, err.Error()}
	}
	defer db.Close()
	// A loss can be stated only where one is: a conflict says that nothing published is missing.
	_, err = log.StateLoss(ctx, "体检")
	switch {
	case err == nil:
		return Finding{what, fail, "数据库落后于已发布的检查点, 拒绝写入; 请换用最近的备份, 或依程序 yunei ledger recover"}
	case !errs.Is(err, errs.Conflict):
		return Finding{what, fail, err.Error()}
	}
	head, err := log.Checkpoint(ctx)
	if errs.Is(err, errs.NotFound) {
		return Finding{what, fine, "还没有记录"}
	}
	if err != nil {
		return Finding{what, fail, err.Error()}
	}
	return Finding{what, fine, fmt.Sprintf("已封存 %d 条, 与已发布的检查点一致", head.Size)}
}

// examineHeadPlace: a head beside the database is lost, or rolled back, together with it.
func examineHeadPlace(cfg *Config) Finding {
	const what = "检查点存放"
	var data, head unix.Stat_t
	if unix.Stat(cfg.Data, &data) != nil || unix.Stat(filepath.Dir(cfg.Heads), &head) != nil {
		return Finding{what, warn, cfg.Heads + " 还不存在, 首次启动时建立"}
	}
	if data.Dev == head.Dev {
		return Finding{what, warn, cfg.Heads + " 与数据在同一磁盘; 请用 --heads 放到另一块磁盘, 以便发现回滚"}
	}
	return Finding{what, fine, cfg.Heads}
}

func examineSchema(ctx context.Context, db *sqldb.DB) Finding {
	const what = "控制库"
	steps, err := schema.Migrations(db.Dialect())
	if err != nil {
		return Finding{what, fail, err.Error()}
	}
	var have int64
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM schema_migration`).Scan(&have)
	})
	switch want := int64(len(steps)); {
	case err != nil:
		return Finding{what, fail, fmt.Sprintf("读不到结构版本, 请核对 --db: %v", err)}
	case have < want:
		return Finding{what, warn, fmt.Sprintf("%s, 结构版本 %d, 程序为 %d; 启动时自动升级, 请先备份", db.Dialect(), have, want)}
	case have > want:
		return Finding{what, fail, fmt.Sprintf("结构版本 %d 比程序的 %d 新, 请升级程序", have, want)}
	default:
		return Finding{what, fine, fmt.Sprintf("%s, 结构版本 %d", db.Dialect(), have)}
	}
}
