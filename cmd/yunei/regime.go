package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"yunei/internal/base/errs"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

// lawyer is what the regime commands share: which packs, and how to answer. They work on files alone, so that a lawyer
// can write a pack without a server.
type lawyer struct {
	dir    string
	asJSON bool
}

// packs are the named packs, by id or by folder, with everything they may bring along; all of --dir or of the program when
// none is named.
func (l *lawyer) packs(names []string) (fs.FS, []string, error) {
	if l.dir == "" {
		return regimes.Mount(names...)
	}
	if info, err := os.Stat(l.dir); err != nil || !info.IsDir() {
		return nil, nil, errs.New(errs.NotFound, "没有目录 %s, 请核对 --dir", l.dir)
	}
	own := os.DirFS(l.dir)
	if _, err := fs.Stat(own, "vocabulary.yaml"); err == nil {
		return own, names, nil
	}
	found, err := fs.Glob(own, "*/pack.yaml")
	if err != nil || len(found) == 0 {
		return nil, nil, errs.New(errs.NotFound, "目录 %s 里没有规则包, 请核对 --dir, 或者用 yunei regime new 新建", l.dir)
	}
	var folders []string
	for _, f := range found {
		if id := path.Dir(f); len(names) == 0 || slices.Contains(names, id) {
			folders = append(folders, "./"+filepath.Join(l.dir, id))
		}
	}
	return regimes.Mount(folders...)
}

// answer prints v as JSON, or lets text say it.
func (l *lawyer) answer(w io.Writer, v any, text func(w io.Writer)) error {
	if !l.asJSON {
		text(w)
		return nil
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// option is the flag that cobra's complaint is about.
var option = regexp.MustCompile(`--?[a-z][a-z-]*`)

func regimeCommand() *cobra.Command {
	l := &lawyer{}
	cmd := &cobra.Command{
		Use:   "regime",
		Short: "规则包: 检查、试判、解释, 不需要服务器",
		Example: `  yunei regime lint                              检查程序自带的规则包
  yunei regime new xiamen-2026-05-01             在同名目录中新建规则包
  yunei regime lint ./xiamen-2026-05-01          检查它和它所依据的规则包
  yunei regime test --dir ./regimes              运行目录中各规则包的判例
  yunei regime explain clean-record              一条规则说什么, 依据在哪里
  yunei regime coverage --json                   每项义务和落实它的规则
  yunei regime diff guizhou-draft zhoushan-2024-03-20    比较两部规定`,
	}
	cmd.PersistentFlags().StringVar(&l.dir, "dir", "", "规则包所在目录; 其中没有 vocabulary.yaml 和 calendars 的用程序自带的 (不写则用程序自带的规则包)")
	cmd.PersistentFlags().BoolVar(&l.asJSON, "json", false, "以 JSON 输出")
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return errs.New(errs.Invalid, "选项 %s 写得不对, 可用的选项见 %s --help", option.FindString(err.Error()), cmd.CommandPath())
	})
	cmd.AddCommand(regimeLint(l), regimeTest(l), regimeExplain(l), regimeCoverage(l), regimeDiff(l), regimeNew(l), regimeSchema())
	return cmd
}

// exactly asks for n arguments, by name.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return errs.New(errs.Invalid, "%s 后面须写%s, 现在写了 %d 个; 请照例子写:\n%s", cmd.CommandPath(), what, len(args), cmd.Example)
		}
		return nil
	}
}

func regimeLint(l *lawyer) *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:     "lint [PACK...]",
		Short:   "检查规则包, 逐条指出文件、行号、问题和改法",
		Example: "  yunei regime lint ./xiamen-2026-05-01",
		RunE: func(cmd *cobra.Command, args []string) error {
			packs, names, err := l.packs(args)
			if err != nil {
				return err
			}
			problems := regime.Lint(packs, names...)
			if source != "" {
				tests, err := regime.ReadEvidence(os.DirFS(source))
				if err != nil {
					return err
				}
				problems = append(problems, regime.LintTests(packs, tests, names...)...)
			}
			err = l.answer(cmd.OutOrStdout(), problems, func(w io.Writer) {
				for _, p := range problems {
					fmt.Fprintln(w, p)
				}
			})
			if err == nil && len(problems) > 0 {
				err = errs.New(errs.Invalid, "规则包有 %d 处问题, 请逐条改正后再检查", len(problems))
			}
			return err
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "程序的源代码目录: 同时检查 coverage.yaml 所列的测试是否存在")
	return cmd
}

func regimeTest(l *lawyer) *cobra.Command {
	return &cobra.Command{
		Use:     "test [PACK...]",
		Short:   "运行判例: 给定事实、日期和操作, 核对应得的判定",
		Example: "  yunei regime test --dir ./regimes",
		RunE: func(cmd *cobra.Command, args []string) error {
			packs, names, err := l.packs(args)
			if err != nil {
				return err
			}
			results, err := regime.RunCases(packs, names...)
			if err != nil {
				return err
			}
			failed := 0
			for _, r := range results {
				if !r.OK {
					failed++
				}
			}
			err = l.answer(cmd.OutOrStdout(), results, func(w io.Writer) {
				for _, r := range results {
					if !r.OK {
						fmt.Fprintf(w, "%s:%d: 判例 %q 与规则不符: %s\n", r.File, r.Line, r.Name, r.Wrong)
					}
				}
				fmt.Fprintf(w, "%d 个判例相符, %d 个不符\n", len(results)-failed, failed)
			})
			switch {
			case err != nil:
				return err
			case failed > 0:
				return errs.New(errs.Invalid, "有 %d 个判例与规则不符, 请核对规则或判例", failed)
			case len(results) == 0:
				return errs.New(errs.Invalid, "没有找到判例, 请在规则包的 cases/ 中编写")
			}
			return nil
		},
	}
}

func regimeExplain(l *lawyer) *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE",
		Short:   "解释规则: 说什么, 依据哪一条, 判例怎样判",
		Example: "  yunei regime explain quanzhou-2024-05-17/clean-record",
		Args:    exactly(1, "规则编号"),
		RunE: func(cmd *cobra.Command, args []string) error {
			packs, _, err := l.packs(nil)
			if err != nil {
				return err
			}
			rules, err := regime.Explain(packs, args[0])
			if err != nil {
				return err
			}
			return l.answer(cmd.OutOrStdout(), rules, func(w io.Writer) {
				for _, r := range rules {
					printRule(w, r)
				}
			})
		},
	}
}

func printRule(w io.Writer, r regime.Explanation) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %s: %s\n", name, value)
		}
	}
	things := func(list []regime.NamedThing) string {
		var names []string
		for _, t := range list {
			names = append(names, strings.TrimSpace(t.Title+" ("+t.Name+")"))
		}
		return strings.Join(names, ", ")
	}
	fmt.Fprintf(w, "%s/%s %s\n", r.Pack, r.Rule, r.Title)
	for _, c := range r.Cites {
		line("依据 "+c.Article, c.Quote)
	}
	line("施行", strings.Trim(r.From+" 至 "+r.Until, " 至"))
	line("约束", things(r.Acts))
	line("适用条件", r.When)
	line("须满足", r.Check)
	for _, d := range r.Needs {
		line("须提交", d.Title)
	}
	line("查看的事实", things(r.Facts))
	for _, v := range r.Values {
		value := v.Text
		if value == "" {
			value = fmt.Sprint(v.Int)
		}
		line("取值 "+v.Name, strings.TrimSpace(value+" "+v.Unit))
	}
	line("否则", string(r.Otherwise))
	line("提示", r.Message)
	line("落实的义务", strings.Join(r.Upholds, ", "))
	for _, c := range r.Cases {
		line("判例", fmt.Sprintf("%s → %s", c.Name, c.Outcome))
	}
}

func regimeCoverage(l *lawyer) *cobra.Command {
	return &cobra.Command{
		Use:     "coverage [PACK...]",
		Short:   "义务覆盖: 规定的每项义务由什么落实",
		Example: "  yunei regime coverage",
		RunE: func(cmd *cobra.Command, args []string) error {
			packs, names, err := l.packs(args)
			if err != nil {
				return err
			}
			report, err := regime.ReadCoverage(packs, names...)
			if err != nil {
				return err
			}
			return l.answer(cmd.OutOrStdout(), report, func(w io.Writer) {
				for _, c := range report.Packs {
					fmt.Fprintf(w, "%s %s: %d 项义务, %d 项已落实, %d 项待后续阶段, %d 项不由程序落实\n",
						c.Pack, c.Title, c.Total, c.Upheld, c.Planned, c.Excused)
					for _, f := range c.Failing {
						fmt.Fprintln(w, "  判例未过:", f)
					}
					for _, o := range c.Obligations {
						fmt.Fprintf(w, "  %-10s %s: %s\n", o.ID, statuses[o.Status], upheldBy(o.ObligationSpec))
					}
				}
				fmt.Fprintf(w, "合计 %d 项义务, %d 项已落实, %d 项待后续阶段, %d 项不由程序落实\n", report.Total, report.Upheld, report.Planned, report.Excused)
			})
		},
	}
}

var statuses = map[string]string{regime.Upheld: "已落实", regime.Planned: "待后续阶段", regime.Excused: "不由程序落实"}

func upheldBy(o regime.ObligationSpec) string {
	switch o.Status {
	case regime.Planned:
		return o.Capability
	case regime.Excused:
		return regime.Excuses[o.Reason]
	}
	var by []string
	for _, list := range [][]string{o.Rules, o.Values, o.Procedures, o.Acts} {
		by = append(by, list...)
	}
	return strings.Join(by, ", ")
}
