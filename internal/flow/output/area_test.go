package output_test

import (
	"context"
	"strings"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/statistics"
	"yunei/internal/test/town"
)

// What happens under a city's scenario is that city's to supervise, and the deployment's above it: the bureau and the auditors of
// the next city find none of it, in the words for what never was, and change nothing. Data is its holder's city's.
func TestArea(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		for who, role := range map[string]access.Role{"north": access.Bureau, "north2": access.Bureau, "south": access.Bureau, "watcher": access.Auditor, "keeper": access.Operator} {
			w.Account(who, "org_"+strings.TrimSuffix(who, "2"), role)
		}
		w.Stand("north", "520100")
		for _, who := range []string{"south", "watcher", "keeper"} {
			w.Stand(who, "520200")
		}
		g, run := ran(w)
		w.Tamper(`UPDATE scenario SET area = '520100'`)
		r, err := w.Output.Submit(w.As("bank"), ask(run))
		town.Must(t, err)
		exact, err := w.Statistics.Apply(w.As("bank"), g.Scenario.ID, statistics.Ask{Resources: []string{w.Card.ID}, Ground: "《中华人民共和国统计法》第七条",
			Purpose: "季度报表", Recipient: "示例市统计局", Until: workday.DateOf(w.Clock.Now()).AddDays(90)})
		town.Must(t, err)
		service, err := w.Serve.Deploy(w.As("bank"), g.Band.ID, 0, "")
		town.Must(t, err)
		loads, _, err := w.Collect.List(w.As("holder"), w.Card.ID, "", 10)
		town.Must(t, err)
		request, err := w.Lab.RequestSample(w.As("bank"), g.Space.ID, lab.SampleRequest{Resource: w.Card.ID, Level: "S1", Reason: "核对取值分布"})
		town.Must(t, err)

		w.Stand("holder", "520100")
		some := func(n int, err error) error {
			if err == nil && n == 0 {
				return errs.New(errs.NotFound, "an empty list")
			}
			return err
		}
		reads := map[string]func(ctx context.Context) error{
			"spaces":               func(ctx context.Context) error { l, err := w.Lab.Spaces(ctx, "", 9); return some(len(l), err) },
			"a space's record":     func(ctx context.Context) error { _, err := w.Lab.Record(ctx, g.Space.ID); return err },
			"runs":                 func(ctx context.Context) error { l, err := w.Lab.Runs(ctx, "", 9); return some(len(l), err) },
			"versions":             func(ctx context.Context) error { l, err := w.Lab.Versions(ctx, false, "", 9); return some(len(l), err) },
			"a model under review": func(ctx context.Context) error { _, err := w.Lab.Desk(ctx, g.Table.ID); return err },
			"sample requests": func(ctx context.Context) error {
				l, err := w.Lab.SampleRequests(ctx, "", "", 9)
				return some(len(l), err)
			},
			"releases":                   func(ctx context.Context) error { l, err := w.Output.List(ctx, "", 9); return some(len(l), err) },
			"a release":                  func(ctx context.Context) error { _, err := w.Output.Get(ctx, r.ID); return err },
			"permits for exact figures":  func(ctx context.Context) error { l, err := w.Statistics.List(ctx, "", 9); return some(len(l), err) },
			"a permit for exact figures": func(ctx context.Context) error { _, err := w.Statistics.Get(ctx, exact.ID); return err },
			"services":                   func(ctx context.Context) error { l, err := w.Serve.Deployments(ctx, "", 9); return some(len(l), err) },
			"a service":                  func(ctx context.Context) error { _, err := w.Serve.Deployment(ctx, service.ID); return err },
			"a service's months":         func(ctx context.Context) error { _, err := w.Serve.Months(ctx, service.ID); return err },
		}
		for what, read := range reads {
			for _, who := range []string{"bank", "bureau", "operator", "auditor", "north"} {
				if err := read(w.As(who)); err != nil {
					t.Errorf("%s to %s = %v, want to be read", what, who, err)
				}
			}
			for _, who := range []string{"south", "watcher", "other"} {
				if err := read(w.As(who)); !errs.Is(err, errs.NotFound) {
					t.Errorf("%s to %s = %v, want not_found", what, who, err)
				}
			}
		}
		collected := func(who string) error { _, err := w.Collect.Get(w.As(who), loads[0].ID); return err }
		for _, who := range []string{"holder", "bureau", "auditor", "north"} {
			town.Must(t, collected(who))
		}
		_, none := w.Collect.Get(w.As("south"), "snp_none")
		for _, who := range []string{"south", "watcher", "operator"} {
			town.WantCode(t, "a collection to "+who, collected(who), errs.NotFound)
		}
		town.WantCode(t, "a collection that never was", none, errs.NotFound)

		_, err = w.Lab.RefuseSample(w.As("south"), request.ID, "不予生成")
		town.WantCode(t, "the next city's bureau on a sample of this one's data", err, errs.Forbidden)
		decision := lab.BudgetDecision{Resource: w.Card.ID, Kind: disclose.ResourceLifetime, Cap: 2_000_000_000_000, Document: "示数发〔2025〕9号", Reason: "按年度计划调整"}
		_, err = w.Lab.DecideBudget(w.As("south"), decision)
		town.WantCode(t, "the next city's bureau on a budget", err, errs.Forbidden)
		_, err = w.Lab.DecideBudget(w.As("bureau"), decision)
		town.WantCode(t, "the bureau above on a city's budget", err, errs.Forbidden)
		_, err = w.Lab.DecideBudget(w.As("north"), decision)
		town.Must(t, err)
		_, err = w.Lab.SetQuota(w.As("keeper"), g.Space.ID, lab.Quota{Seats: 1})
		town.WantCode(t, "an operator of the next city on a quota", err, errs.NotFound)
		_, err = w.Serve.Close(w.As("keeper"), service.ID)
		town.WantCode(t, "an operator of the next city on a service", err, errs.NotFound)
		_, err = w.Output.Override(w.As("south"), r.ID, 15, "并无不当")
		town.WantCode(t, "the next city's bureau on a warning", err, errs.NotFound)

		town.Must(t, w.Decide("operator", r.Matter, "check", matter.Pass))
		town.WantCode(t, "the bureau above at the city's step", w.Decide("bureau", r.Matter, "review", matter.Pass), errs.Forbidden)
		town.Must(t, w.Decide("north", r.Matter, "review", matter.Pass))
		town.Must(t, w.Decide("north2", r.Matter, "review", matter.Pass))
		_, err = w.Output.Recall(w.As("south"), r.ID, "口径有误")
		town.WantCode(t, "the next city's bureau on a release", err, errs.NotFound)
		_, err = w.Output.Recall(w.As("north"), r.ID, "口径有误")
		town.Must(t, err)
	})
}
