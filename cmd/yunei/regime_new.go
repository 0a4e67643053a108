package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

func regimeNew(l *lawyer) *cobra.Command {
	return &cobra.Command{
		Use:   "new ID",
		Short: "新建规则包, 只需填写标出的地方",
		Example: `  yunei regime new xiamen-2026-05-01
  yunei regime lint ./xiamen-2026-05-01          还有哪些待填`,
		Args: exactly(1, "规则包编号"),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := regime.Scaffold(args[0], workday.DateOf(time.Now()))
			if err != nil {
				return err
			}
			dir := l.dir
			if dir == "" {
				dir = "."
			}
			if _, err := os.Stat(filepath.Join(dir, args[0])); err == nil {
				return errs.New(errs.Conflict, "目录 %s 已经存在, 请换一个编号或者先移走它", filepath.Join(dir, args[0]))
			}
			if err := writeFiles(dir, files); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "已在 %s 新建 %d 个文件。用 yunei regime lint ./%s 逐条查看待填之处, 见 docs/writing-a-regime.md\n",
				filepath.Join(dir, args[0]), len(files), args[0])
			return err
		},
	}
}

func writeFiles(dir string, files []regime.File) error {
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return errs.New(errs.Invalid, "建不了目录 %s, 请检查权限: %w", filepath.Dir(name), err)
		}
		if err := os.WriteFile(name, f.Text, 0o644); err != nil {
			return errs.New(errs.Invalid, "写不了文件 %s, 请检查权限: %w", name, err)
		}
	}
	return nil
}

func regimeSchema() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:     "schema",
		Short:   "写出 JSON Schema, 供编辑器补全、说明和标错",
		Example: "  yunei regime schema --out regimes/schema",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			schemas, err := regime.Schemas()
			if err != nil {
				return err
			}
			var files []regime.File
			for name, text := range schemas {
				files = append(files, regime.File{Name: name, Text: text})
			}
			sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
			if err := writeFiles(out, files); err != nil {
				return err
			}
			for _, f := range files {
				fmt.Fprintln(cmd.OutOrStdout(), filepath.Join(out, f.Name))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "schema", "写到哪个目录")
	return cmd
}

func regimeDiff(l *lawyer) *cobra.Command {
	return &cobra.Command{
		Use:   "diff A B",
		Short: "比较两个规则包的角色、材料、取值、程序和规则",
		Example: `  yunei regime diff guizhou-draft zhoushan-2024-03-20
  yunei regime diff quanzhou-2024-05-17 ./quanzhou-2024-05-17     程序自带的与正在编写的`,
		Args: exactly(2, "两个规则包的编号或目录"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, ids, err := regimes.Mount(args[0])
			if err != nil {
				return err
			}
			b, other, err := regimes.Mount(args[1])
			if err != nil {
				return err
			}
			found, err := regime.Diff(a, ids[0], b, other[0])
			if err != nil {
				return err
			}
			return l.answer(cmd.OutOrStdout(), found, func(w io.Writer) { printDiff(w, args[0], args[1], found) })
		},
	}
}

// printDiff writes one block a thing: a wide table of Chinese and CEL would break in every terminal.
func printDiff(w io.Writer, a, b string, found []regime.Difference) {
	of := ""
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, d := range found {
		if d.Of != of {
			of = d.Of
			fmt.Fprintf(t, "%s\n", sections[of])
		}
		fmt.Fprintf(t, "  %s\n    %s\t%s\n    %s\t%s\n", d.Name, a, orNone(d.A), b, orNone(d.B))
	}
	t.Flush()
	fmt.Fprintf(w, "%d 处不同\n", len(found))
}

var sections = map[string]string{"pack": "规则包", "role": "角色", "document": "材料", "value": "取值", "procedure": "程序", "step": "环节", "rule": "规则"}

func orNone(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
