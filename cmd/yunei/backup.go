package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/spf13/cobra"

	"yunei/internal/base/errs"
)

const (
	manifestName   = "manifest.json"
	manifestFormat = "yunei-backup/1"
	sqliteName     = "yunei.db"
	headsName      = "head.json"
	postgresName   = "postgres.dump"
)

// Manifest is the last file of a backup: what is in it and the digest of each. Coming last, it also says that the backup
// is whole.
type Manifest struct {
	Format   string            `json:"format"`
	Made     time.Time         `json:"made"`
	Revision string            `json:"revision"`
	Database string            `json:"database"` // yunei.db or postgres.dump
	Files    map[string]string `json:"files"`    // path in the backup -> sha256
}

func backupCommand(cfg *Config) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "备份 (database, files, keys and ledger head into one tar, beside a running server)",
		Long: `Writes one tar with the control database, the files, the keys and the published ledger head, and last a manifest with
the sha256 of each. The server may go on working. The backup holds raw data and private keys: keep it as you keep the
data folder.`,
		Example: `  yunei backup --data ./var /mnt/backup/yunei-2026-11-21.tar
  yunei backup --db postgres://host/yunei --data ./var /mnt/backup/yunei.tar   # needs pg_dump`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := backup(cmd.Context(), cfg, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "已备份到 %s: %d 个文件。其中有原始数据和密钥, 请按数据目录同等保管\n", args[0], len(m.Files))
			return err
		},
	}
}

// backup writes beside the final name and renames at the end, so that a backup that has its name is whole.
func backup(ctx context.Context, cfg *Config, name string) (m Manifest, err error) {
	if _, err := os.Lstat(name); err == nil {
		return m, errs.New(errs.Conflict, "%s 已存在, 备份不覆盖旧文件; 请换一个文件名", name)
	}
	f, err := os.OpenFile(name+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return m, errs.New(errs.Invalid, "写不了备份文件, 请检查路径和权限: %w", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(name + ".part")
		}
	}()
	revision, _ := build()
	a := &archive{tar: tar.NewWriter(f), m: Manifest{
		Format: manifestFormat, Made: time.Now().UTC().Truncate(time.Second), Revision: revision, Files: map[string]string{},
	}}
	// The head goes first: one that was published after the database was copied would make the copy look rolled back.
	if err := a.add(headsName, cfg.Heads); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	if err := a.database(ctx, cfg); err != nil {
		return m, err
	}
	// Files come after the database: a file is complete before a row names it, so every named one is there.
	if err := a.folder(cfg.Data, cfg.elsewhere); err != nil {
		return m, err
	}
	if err := a.finish(); err != nil {
		return m, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return m, fmt.Errorf("write backup: %w", err)
	}
	return a.m, os.Rename(name+".part", name)
}

type archive struct {
	tar *tar.Writer
	m   Manifest
}

// elsewhere says of a path in the data folder that a backup takes it in another way, or not at all: the database with its
// journal and lock, the head, drafts that have no name yet, what we are writing just now, and the spaces: the key and the copies
// of a space are destroyed with it, which a backup would undo; after a restore they are supplied anew.
func (c *Config) elsewhere(path string) bool {
	name := filepath.Base(path)
	if db, ok := c.sqlitePath(); ok && filepath.Dir(path) == filepath.Dir(db) && strings.HasPrefix(name, filepath.Base(db)) {
		return true
	}
	return path == c.Heads || path == filepath.Join(c.Data, "spaces") || path == filepath.Join(c.Data, headsName) || path != c.Data && (name == "tmp" || strings.HasPrefix(name, "."))
}

// folder adds the regular files below dir.
func (a *archive) folder(dir string, skip func(path string) bool) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case skip(p) && d.IsDir():
			return filepath.SkipDir
		case skip(p) || !d.Type().IsRegular():
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		err = a.add(filepath.ToSlash(rel), p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted lawfully since the folder was listed
		}
		return err
	})
}

func (a *archive) add(name, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	sum := sha256.New()
	// No more than was announced: the network log grows meanwhile.
	if n, err := io.Copy(io.MultiWriter(a.tar, sum), io.LimitReader(f, info.Size())); err != nil || n != info.Size() {
		return fmt.Errorf("back up %s: %d of %d bytes: %w", file, n, info.Size(), err)
	}
	a.m.Files[name] = hex.EncodeToString(sum.Sum(nil))
	return nil
}

func (a *archive) finish() error {
	raw, err := json.MarshalIndent(a.m, "", "  ")
	if err != nil {
		return err
	}
	if err := a.tar.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(raw)), ModTime: a.m.Made}); err != nil {
		return err
	}
	if _, err := a.tar.Write(raw); err != nil {
		return err
	}
	return a.tar.Close()
}

// database copies the control database as it is at one moment, through a file beside the data.
func (a *archive) database(ctx context.Context, cfg *Config) error {
	tmp, err := os.MkdirTemp(cfg.Data, ".backup-")
	if err != nil {
		return errs.New(errs.Invalid, "数据目录 %s 不可写, 请核对 --data: %w", cfg.Data, err)
	}
	defer os.RemoveAll(tmp)
	a.m.Database = postgresName
	path, embedded := cfg.sqlitePath()
	if embedded {
		a.m.Database = sqliteName
	}
	to := filepath.Join(tmp, a.m.Database)
	if embedded {
		err = copySQLite(ctx, path, to)
	} else {
		err = postgres(ctx, "pg_dump", "--format=custom", "--no-owner", "--file="+to, "--dbname="+cfg.DB)
	}
	if err != nil {
		return err
	}
	return a.add(a.m.Database, to)
}

// copySQLite copies page by page what is committed now, beside a process that is writing. It is the one place outside
// sqldb that knows the driver: a copy of pages is not a transaction.
func copySQLite(ctx context.Context, from, to string) error {
	if _, err := os.Stat(from); err != nil {
		return errs.New(errs.NotFound, "没有找到数据库文件 %s, 请核对 --data 或 --db", from)
	}
	return onSQLite(ctx, from, "ro", func(source *sqlite3.SQLiteConn) error {
		return onSQLite(ctx, to, "rwc", func(target *sqlite3.SQLiteConn) error {
			b, err := target.Backup("main", source, "main")
			if err != nil {
				return fmt.Errorf("copy database: %w", err)
			}
			// All pages in one step: in WAL mode that holds a snapshot and no writer waits.
			_, err = b.Step(-1)
			return errors.Join(err, b.Finish())
		})
	})
}

func onSQLite(ctx context.Context, path, mode string, fn func(*sqlite3.SQLiteConn) error) error {
	db, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=" + mode}).String())
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error { return fn(driver.(*sqlite3.SQLiteConn)) })
}

// postgres runs a tool of the PostgreSQL client, whose version must suit the server's.
func postgres(ctx context.Context, tool string, args ...string) error {
	path, err := exec.LookPath(tool)
	if err != nil {
		return errs.New(errs.Unavailable, "没有找到 %s, 请安装 postgresql-client 后重试", tool)
	}
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	if err != nil {
		return errs.New(errs.Unavailable, "%s 未完成, 请按其提示处理: %s (%w)", tool, out, err)
	}
	return nil
}
