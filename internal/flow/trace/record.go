package trace

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/flow/output"
)

// Access (数据使用记录) is one time that data was touched: who, what, when, for what purpose, on what basis, and where the ledger has
// it. 威海 第三十条: 全流程规范记录数据使用情况.
type Access struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Act     string    `json:"act,omitempty" doc:"Empty: open data was taken, by anybody"`
	Seq     int64     `json:"seq,omitempty"`
	Org     string    `json:"org,omitempty"`
	OrgName string    `json:"org_name,omitempty"`
	Person  string    `json:"person,omitempty" doc:"Who acted for the organization"`
	Kind    string    `json:"kind"`
	Object  string    `json:"object"`
	What    string    `json:"what"`
	Purpose string    `json:"purpose"`
	Basis   []Ref     `json:"basis"`
	Count   int64     `json:"count,omitempty" doc:"Of open data: how often on that day"`

	account string
}

// Uses is a page of the record, oldest first.
type Uses struct {
	Title string
	List  []Access
	Next  int
}

// maxRange is how long a stretch one record covers.
const maxRange = 366

// Uses draws the record of one resource from one day to another.
func (s *Service) Uses(ctx context.Context, resource string, f Filter) (u Uses, err error) {
	if f.From == "" || f.Until == "" || f.Until.Before(f.From) || f.From.AddDays(maxRange).Before(f.Until) {
		return u, errs.New(errs.Invalid, "请选择起止日期, 不超过一年")
	}
	err = s.live(ctx, resource, func(tx *sqldb.Tx, l *life, steps []Step) error {
		u.Title = l.entry.Title
		list, err := l.accesses(ctx, tx, steps, f)
		if err != nil {
			return err
		}
		end := min(f.After+f.Limit, len(list))
		u.List = list[min(f.After, len(list)):end]
		if end < len(list) {
			u.Next = end
		}
		return l.people(ctx, tx, u.List)
	})
	return u, err
}

// accesses are the steps of the life that touched data, and each call by itself.
func (l *life) accesses(ctx context.Context, tx *sqldb.Tx, steps []Step, f Filter) ([]Access, error) {
	var out []Access
	for _, s := range steps {
		day := workday.DateOf(s.At)
		if day.Before(f.From) || day.After(f.Until) {
			continue
		}
		a := Access{ID: fmt.Sprintf("%d.%s", s.Seq, s.Object), At: s.At, Act: s.Act, Seq: s.Seq, Org: s.Org, OrgName: s.OrgName, account: s.Account,
			Kind: s.Kind, Object: s.Object, What: s.Title, Basis: s.Rests}
		switch {
		case s.Kind == "snapshot":
			a.Purpose, a.Basis = "归集", []Ref{{"entry", l.entry.ID}}
		case s.Kind == "run":
			a.Purpose = l.purpose(l.runs[s.Object].Scenario)
		case s.Kind == "sample-set":
			a.Purpose, a.Basis = "生成样例数据", []Ref{{"entry", l.entry.ID}}
		case s.Kind == "open":
			a.ID, a.Purpose, a.Basis, a.Count = "open."+string(day), "公共数据开放", []Ref{{"entry", l.entry.ID}}, s.Count
		case s.Kind == "release" && s.Act == "output.export":
			i := slices.IndexFunc(l.releases, func(r output.Release) bool { return r.ID == s.Object })
			a.Purpose, a.Basis = l.releases[i].Purpose, []Ref{{"matter", l.releases[i].Matter}, {"run", l.releases[i].Run}}
		default: // what was decided, and calls, which follow one by one
			continue
		}
		out = append(out, a)
	}
	for _, d := range l.services {
		calls, err := callsOf(ctx, tx, d.ID, f.From.Time(), f.Until.End())
		if err != nil {
			return nil, err
		}
		for _, c := range calls {
			out = append(out, Access{ID: c.id, At: c.at, Act: "serve.call", Seq: c.seq, Org: d.Org, account: c.account, Kind: "deployment", Object: d.ID, What: d.Title,
				Purpose: l.purpose(d.Scenario), Basis: []Ref{{"consent", c.consent}, {"grant", d.Grant}}})
		}
	}
	slices.SortStableFunc(out, func(a, b Access) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) })
	return out, nil
}

func (l *life) purpose(scenario string) string { return l.scenarios[scenario].Plan.Purpose }

// people writes names beside ids.
func (l *life) people(ctx context.Context, tx *sqldb.Tx, list []Access) error {
	steps := make([]Step, len(list))
	for i, a := range list {
		steps[i].Org = a.Org
	}
	if err := name(ctx, tx, steps); err != nil {
		return err
	}
	for i, a := range list {
		list[i].OrgName = steps[i].OrgName
		acc, err := access.LoadAccount(ctx, tx, a.account)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		list[i].Person = acc.Name
	}
	return nil
}
