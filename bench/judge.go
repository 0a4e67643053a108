package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/goccy/go-yaml"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

// judges measures the law's word on an act with every shipped pack loaded at once, all regulations and the nation's laws: more
// than any deployment has. The facts are at hand, so what is measured is the law, not the database (parts measures both).
func judges(ctx context.Context, b *bench) error {
	const day = workday.Date("2026-03-02")
	text, err := fs.ReadFile(regimes.FS, "vocabulary.yaml")
	if err != nil {
		return err
	}
	var words regime.Vocabulary
	if err := yaml.Unmarshal(text, &words); err != nil {
		return err
	}
	law := regime.New()
	some := map[regime.Type]any{regime.Bool: true, regime.Int: 1, regime.String: "", regime.StringList: []string{}, regime.Day: day}
	for _, f := range words.Facts {
		law.RegisterFact(regime.Fact{Name: f.Name, Type: f.Type, Load: func(context.Context, *sqldb.Tx, string) (any, error) { return some[f.Type], nil }})
	}
	if err := law.Load(regimes.FS); err != nil {
		return err
	}
	type judged struct {
		act      string
		objects  map[string]string
		verdicts int
	}
	var acts []judged
	for _, a := range words.Acts {
		objects := map[string]string{}
		for _, o := range a.Objects {
			objects[o] = o + "_1"
		}
		j, err := law.Judge(ctx, nil, a.Name, day, objects, nil)
		if err != nil {
			return fmt.Errorf("judge %s: %w", a.Name, err)
		}
		if len(j.Verdicts) > 0 {
			acts = append(acts, judged{a.Name, objects, len(j.Verdicts)})
		}
	}
	slices.SortFunc(acts, func(x, y judged) int { return cmp.Or(y.verdicts-x.verdicts, cmp.Compare(x.act, y.act)) })
	b.report.note("%d packs, %d rules, %d acts that a rule is bound to", len(law.Packs()), len(law.Rules()), len(acts))
	for _, a := range acts[:min(5, len(acts))] {
		err := b.take(ctx, part{what: fmt.Sprintf("judge %s: %d verdicts", a.act, a.verdicts), unit: "µs", of: inMicros, target: "< 1 ms",
			do: times(func(ctx context.Context) error {
				_, err := law.Judge(ctx, nil, a.act, day, a.objects, nil)
				return err
			})})
		if err != nil {
			return err
		}
	}
	return b.take(ctx, part{what: fmt.Sprintf("judge each of the %d acts once, mean of one", len(acts)), unit: "µs", target: "< 1 ms",
		of: inMicros, do: func(ctx context.Context, count int) error {
			for i := range count {
				a := acts[i%len(acts)]
				if _, err := law.Judge(ctx, nil, a.act, day, a.objects, nil); err != nil {
					return err
				}
			}
			return nil
		}})
}
