package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"yunei/internal/base/errs"
)

func restoreCommand(cfg *Config) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "恢复 (a backup into an empty data folder)",
		Long: `Unpacks a backup beside the data folder, compares every file with the manifest, and only then gives it its place. The data
folder must be empty or absent; nothing is ever overwritten.

A published head that lies on its second path (--heads) is left alone: when the backup is older than it is, serve
refuses writes and says so. The lawful way on is "yunei ledger recover", signed by the bureau and the upper bureau.`,
		Example: `  yunei restore --data ./var /mnt/backup/yunei-2026-11-21.tar
  yunei restore --db postgres://host/empty --data ./var /mnt/backup/yunei.tar   # needs pg_restore`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := restore(cmd.Context(), cfg, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "已恢复 %s 的备份: %d 个文件均与清单一致。请先运行 yunei doctor, 再启动服务\n",
				m.Made.Local().Format("2006-01-02 15:04:05"), len(m.Files))
			return err
		},
	}
}

func restore(ctx context.Context, cfg *Config, name string) (m Manifest, err error) {
	path, embedded := cfg.sqlitePath()
	if embedded && path != filepath.Join(cfg.Data, sqliteName) {
		return m, errs.New(errs.Invalid, "恢复时数据库放在数据目录内, 请去掉 --db 或改用默认位置")
	}
	if left, err := os.ReadDir(cfg.Data); err == nil && len(left) > 0 {
		return m, errs.New(errs.Conflict, "数据目录 %s 不是空的, 恢复不覆盖已有数据; 请指定一个空目录", cfg.Data)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, errs.New(errs.Invalid, "数据目录 %s 不可读, 请核对 --data: %w", cfg.Data, err)
	}
	f, err := os.Open(name)
	if err != nil {
		return m, errs.New(errs.NotFound, "打不开备份文件, 请核对路径: %w", err)
	}
	defer f.Close()

	if err := os.MkdirAll(filepath.Dir(cfg.Data), 0o755); err != nil {
		return m, err
	}
	staging, err := os.MkdirTemp(filepath.Dir(cfg.Data), ".restore-")
	if err != nil {
		return m, errs.New(errs.Invalid, "数据目录的上级目录不可写, 请检查权限: %w", err)
	}
	defer os.RemoveAll(staging)
	if m, err = unpack(f, staging); err != nil {
		return m, err
	}
	if embedded != (m.Database == sqliteName) {
		return m, errs.New(errs.Invalid, "备份中的数据库是 %s, 与 --db 的类型不符, 请改用相同类型的数据库", m.Database)
	}
	if !embedded {
		dump := filepath.Join(staging, postgresName)
		if err := postgres(ctx, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--dbname="+cfg.DB, dump); err != nil {
			return m, err
		}
		if err := os.Remove(dump); err != nil {
			return m, err
		}
	}
	if err := placeHead(filepath.Join(staging, headsName), cfg); err != nil {
		return m, err
	}
	if err := os.Remove(cfg.Data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	return m, os.Rename(staging, cfg.Data)
}

// placeHead moves the backup's head to its second path when nothing is there; what was published after the backup must
// stay, or a rolled back database would pass for the present one.
func placeHead(from string, cfg *Config) error {
	if cfg.Heads == filepath.Join(cfg.Data, headsName) {
		return nil
	}
	raw, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(cfg.Heads); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(cfg.Heads), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(cfg.Heads, raw, 0o644); err != nil {
			return err
		}
	}
	return os.Remove(from)
}

// unpack writes the backup's files into dir and compares them with the manifest at its end.
func unpack(r io.Reader, dir string) (Manifest, error) {
	var m Manifest
	// A root keeps every name of a tampered backup inside dir.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return m, err
	}
	defer root.Close()
	sums := map[string]string{}
	damaged := func(format string, args ...any) (Manifest, error) {
		return m, errs.New(errs.Invalid, "备份文件不完整或被改动, 未恢复任何内容; 请换用另一份备份: "+format, args...)
	}
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return damaged("%w", err)
		}
		if m.Format != "" || h.Typeflag != tar.TypeReg || sums[h.Name] != "" {
			return damaged("多余的条目 %q", h.Name)
		}
		if h.Name == manifestName {
			if err := json.NewDecoder(io.LimitReader(t, 1<<28)).Decode(&m); err != nil {
				return damaged("清单: %w", err)
			}
			continue
		}
		sum, err := extract(root, h.Name, t)
		if err != nil {
			return damaged("%s: %w", h.Name, err)
		}
		sums[h.Name] = sum
	}
	if m.Format == "" {
		return damaged("没有清单")
	}
	if m.Format != manifestFormat {
		return m, errs.New(errs.Invalid, "备份格式 %q 不是本程序的 %q, 请用制作该备份的程序版本恢复", m.Format, manifestFormat)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		if got := sums[name]; got != m.Files[name] {
			return damaged("%s 的摘要是 %q, 清单为 %q", name, got, m.Files[name])
		}
	}
	if len(sums) != len(m.Files) {
		return damaged("有 %d 个文件不在清单中", len(sums)-len(m.Files))
	}
	return m, nil
}

func extract(root *os.Root, name string, r io.Reader) (sum string, err error) {
	name = filepath.FromSlash(name)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return "", err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, hash), r); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), f.Sync()
}
