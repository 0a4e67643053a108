package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
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

func regimeCommand() *cobra.Command {
	l := &lawyer{}
	cmd := &cobra.Command{
		Use:   "regime",
		Short: "规则包 (the law as data: check, test and explain it without a server)",
		Example: `  yunei regime lint                              check the packs inside the program
  yunei regime new xiamen-2026-05-01             begin a pack in a folder of that name
  yunei regime lint ./xiamen-2026-05-01          check it, with what it rests on
  yunei regime test --dir ./regimes              run the cases of the packs in a folder
  yunei regime explain clean-record              what a rule says, and where it is written
  yunei regime coverage --json                   every obligation, and what upholds it
  yunei regime diff guizhou-draft zhoushan-2024-03-20    two regulations side by side`,
	}
	cmd.PersistentFlags().StringVar(&l.dir, "dir", "", "folder of packs; one without vocabulary.yaml and calendars uses the program's (default: the packs inside the program)")
	cmd.PersistentFlags().BoolVar(&l.asJSON, "json", false, "answer in JSON")
	cmd.AddCommand(regimeLint(l), regimeTest(l), regimeExplain(l), regimeCoverage(l), regimeDiff(l), regimeNew(l), regimeSchema())
	return cmd
}

func regimeLint(l *lawyer) *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:     "lint [PACK...]",
		Short:   "检查规则包 (all problems as sentences with file and line)",
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
	cmd.Flags().StringVar(&source, "source", "", "source tree of the program: also check that the tests coverage.yaml names exist there")
	return cmd
}

func regimeTest(l *lawyer) *cobra.Command {
	return &cobra.Command{
		Use:     "test [PACK...]",
		Short:   "运行判例 (every case of law: given, on which day, which act, expected verdicts)",
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
						fmt.Fprintf(w, "%s:%d: %s: %s\n", r.File, r.Line, r.Name, r.Wrong)
					}
				}
				fmt.Fprintf(w, "%d passed, %d failed\n", len(results)-failed, failed)
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
		Short:   "解释规则 (what a rule says, on which article it rests, and how its cases end)",
		Example: "  yunei regime explain quanzhou-2024-05-17/clean-record",
		Args:    cobra.ExactArgs(1),
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
		Short:   "义务覆盖 (every obligation of the regulation, and what upholds it)",
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
						fmt.Fprintf(w, "  %-10s %-8s %s\n", o.ID, o.Status, upheldBy(o.ObligationSpec))
					}
				}
				fmt.Fprintf(w, "合计 %d 项义务, %d 项已落实, %d 项待后续阶段, %d 项不由程序落实\n", report.Total, report.Upheld, report.Planned, report.Excused)
			})
		},
	}
}

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
