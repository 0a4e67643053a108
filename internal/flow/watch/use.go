package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
)

// DataUse (数据使用情况) is what became of a department's data in some months: who used it for what, with which models, how often,
// what that told and what left.
type DataUse struct {
	From      string        `json:"from" doc:"2006-01"`
	Until     string        `json:"until" doc:"2006-01, included"`
	Resources []ResourceUse `json:"resources"`
	Months    []MonthUse    `json:"months"`
}

// Count is how often something was used.
type Count struct {
	Runs    int64 `json:"runs" doc:"On raw data, those served again included"`
	Calls   int64 `json:"calls" doc:"Answered"`
	Results int64 `json:"results" doc:"Allowed to leave"`
	Exports int64 `json:"exports"`
	Rho     int64 `json:"rho" doc:"Charged by runs, in units of 10^-12"`
}

func (c *Count) add(o Count) {
	c.Runs, c.Calls, c.Results, c.Exports, c.Rho = c.Runs+o.Runs, c.Calls+o.Calls, c.Results+o.Results, c.Exports+o.Exports, c.Rho+o.Rho
}

// MonthUse is one month of all resources together. A run that reads two of them counts once for each.
type MonthUse struct {
	Month string `json:"month"`
	Count
}

// ResourceUse is one resource with the models that read it.
type ResourceUse struct {
	Resource string     `json:"resource"`
	Title    string     `json:"title"`
	Models   []ModelUse `json:"models"`
	Count
}

// ModelUse is one declared version of a model in one scenario.
type ModelUse struct {
	Version  string      `json:"version"`
	Name     string      `json:"name"`
	Number   int         `json:"number"`
	Class    string      `json:"class"`
	Scenario string      `json:"scenario"`
	Purpose  string      `json:"purpose" doc:"Title of the scenario"`
	Org      string      `json:"org"`
	OrgName  string      `json:"org_name"`
	Granted  bool        `json:"granted" doc:"A grant of the scenario is in force today"`
	Lineage  []Flow      `json:"lineage" doc:"From the fields of this resource to the outputs"`
	Released []ResultUse `json:"released"`
	Asked    bool        `json:"asked" doc:"The department was asked about the declaration and may open it"`
	Count
}

// Flow is one output and the fields of the resource that it rests on.
type Flow struct {
	Output   string         `json:"output"`
	Standing query.Standing `json:"standing"`
	Sources  []query.Source `json:"sources"`
}

// ResultUse is a result that was allowed to leave.
type ResultUse struct {
	ID        string    `json:"id"`
	Purpose   string    `json:"purpose"`
	Recipient string    `json:"recipient"`
	Exact     bool      `json:"exact"`
	State     string    `json:"state"`
	Exports   int       `json:"exports"`
	Opened    time.Time `json:"opened"`
}

// period is a stretch of whole months, both ends included, three years at most.
func period(from, until string, today workday.Date) (list []string, err error) {
	if until == "" {
		until = today.String()[:7]
	}
	last, err := time.Parse("2006-01", until)
	if err == nil && from == "" {
		from = last.AddDate(0, -11, 0).Format("2006-01")
	}
	first, ferr := time.Parse("2006-01", from)
	if err != nil || ferr != nil || last.Before(first) || first.AddDate(3, 0, 0).Before(last) {
		return nil, errs.New(errs.Invalid, "期间须是起止两个月份, 不超过三年; 请重新选择")
	}
	for m := first; !m.After(last); m = m.AddDate(0, 1, 0) {
		list = append(list, m.Format("2006-01"))
	}
	return list, nil
}

func monthOf(t time.Time) string { return workday.DateOf(t).String()[:7] }

// DataUse is the use of the data of the caller's own department, of all its resources or of one. What other departments
// provided is not there for it, and neither is any person or any figure of a result.
func (s *Service) DataUse(ctx context.Context, resource, from, until string) (u DataUse, err error) {
	actor := access.From(ctx)
	if !actor.Has(access.Holder) || actor.Org == "" {
		return u, errs.New(errs.Forbidden, "数据使用情况由数据提供单位查看本单位的数据; 监督机构请在账本和监督页面查看")
	}
	if err := s.Serve.WriteCalls(ctx); err != nil {
		return u, err
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err := period(from, until, workday.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		u.From, u.Until = list[0], list[len(list)-1]
		entries, err := entriesOf(ctx, tx, actor.Org)
		if err != nil {
			return err
		}
		if resource != "" {
			entries = slices.DeleteFunc(entries, func(e held) bool { return e.id != resource })
			if len(entries) == 0 {
				return errs.New(errs.NotFound, "没有这个目录条目, 请从目录列表进入") // the catalog's own words for none
			}
		}
		u.Resources = []ResourceUse{}
		counted := map[string]*Count{}
		for _, m := range list {
			counted[m] = &Count{}
		}
		models, err := s.declaredModels(ctx, tx)
		if err != nil {
			return err
		}
		for _, e := range entries {
			r := ResourceUse{Resource: e.id, Title: e.title, Models: []ModelUse{}}
			for _, d := range models {
				if !slices.ContainsFunc(d.version.Inputs, func(input string) bool { return strings.HasPrefix(input, e.id+".") }) {
					continue
				}
				m, err := modelUse(ctx, tx, d, e, counted)
				if err != nil {
					return err
				}
				r.Models = append(r.Models, m)
				r.add(m.Count)
			}
			u.Resources = append(u.Resources, r)
		}
		for _, m := range list {
			u.Months = append(u.Months, MonthUse{Month: m, Count: *counted[m]})
		}
		return nil
	})
	return u, err
}

// held is an entry of a department: what its desk needs of it.
type held struct{ id, table, title string }

// declared is a version under one scenario.
type declared struct {
	version  lab.Version
	scenario grant.Scenario
}

func (s *Service) declaredModels(ctx context.Context, tx *sqldb.Tx) ([]declared, error) {
	pairs, err := declaredVersions(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []declared
	for _, p := range pairs {
		v, err := lab.LoadVersion(ctx, tx, p[0])
		if err != nil {
			return nil, err
		}
		sc, err := grant.LoadScenario(ctx, tx, p[1])
		if err != nil {
			return nil, err
		}
		out = append(out, declared{v, sc})
	}
	return out, nil
}

// modelUse counts what one model did with one resource, month by month.
func modelUse(ctx context.Context, tx *sqldb.Tx, d declared, e held, counted map[string]*Count) (ModelUse, error) {
	v, sc := d.version, d.scenario
	m := ModelUse{Version: v.ID, Name: v.Name, Number: v.Number, Class: v.Class, Scenario: sc.ID, Purpose: sc.Plan.Title, Org: sc.Org, Released: []ResultUse{}}
	o, err := party.Load(ctx, tx, sc.Org)
	if err != nil {
		return m, err
	}
	m.OrgName = o.Name
	_, err = grant.InForce(ctx, tx, sc.Org, sc.ID, workday.DateOf(tx.Now()))
	if errs.CodeOf(err) == errs.Internal {
		return m, err
	}
	m.Granted = err == nil
	if m.Lineage, err = lineage(v, e.table); err != nil {
		return m, err
	}
	if m.Asked, err = grant.Asked(ctx, tx, access.From(ctx), v.ID); err != nil {
		return m, err
	}
	count := func(month string, c Count) {
		if at, in := counted[month]; in {
			at.add(c)
			m.add(c)
		}
	}
	runs, err := runsOf(ctx, tx, v.ID, sc.ID)
	if err != nil {
		return m, err
	}
	for _, r := range runs {
		c := Count{Runs: 1}
		if r.Charge != "" && r.Reused == "" {
			c.Rho = r.Rho
		}
		count(monthOf(r.Opened), c)
	}
	results, err := resultsFrom(ctx, tx, v.ID, sc.ID)
	if err != nil {
		return m, err
	}
	for _, r := range results {
		month := monthOf(r.Opened)
		if _, in := counted[month]; !in || !slices.Contains([]string{output.Approved, output.Exported, output.Recalled}, r.State) {
			continue
		}
		count(month, Count{Results: 1, Exports: int64(r.Exports)})
		m.Released = append(m.Released, ResultUse{ID: r.ID, Purpose: r.Purpose, Recipient: r.Recipient, Exact: r.Mode != "", State: r.State, Exports: r.Exports, Opened: r.Opened})
	}
	calls, err := answeredCalls(ctx, tx, v.ID, sc.ID)
	for _, month := range slices.Sorted(maps.Keys(calls)) {
		count(month, Count{Calls: calls[month]})
	}
	return m, err
}

// lineage is the part of a version's that begins at one table.
func lineage(v lab.Version, table string) ([]Flow, error) {
	var review guard.Review
	if err := json.Unmarshal(v.Review, &review); err != nil {
		return nil, fmt.Errorf("decode review of %s: %w", v.ID, err)
	}
	out := []Flow{}
	for _, o := range review.Outputs {
		f := Flow{Output: o.Name, Standing: o.Standing}
		if o.Title != "" {
			f.Output = o.Title
		}
		for _, s := range o.Sources {
			if s.Table == table {
				f.Sources = append(f.Sources, s)
			}
		}
		if len(f.Sources) > 0 {
			out = append(out, f)
		}
	}
	return out, nil
}
