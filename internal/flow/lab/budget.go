package lab

import (
	"context"
	"strconv"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/grant"
)

// BudgetLine is one disclosure budget as officials see it: how full it is, and what that means for one person.
type BudgetLine struct {
	Resource string          `json:"resource"`
	Title    string          `json:"title"`
	Kind     string          `json:"kind" doc:"resource-year, resource-month (of a series: per person and month), resource-lifetime or grant"`
	Period   string          `json:"period,omitempty" doc:"Year, or month of the data (2025-03; empty: every other month)"`
	Cap      int64           `json:"cap" doc:"In units of 10^-12 rho"`
	Charged  int64           `json:"charged"`
	Figure   disclose.Figure `json:"figure"`

	Class *disclose.Figure `json:"class,omitempty" doc:"Of the lifetime: the sum over all resources about the same kind of subject, an upper bound for someone who is in all of them"`
}

func newLine(e catalog.Entry, b disclose.Budget) BudgetLine {
	return BudgetLine{Resource: e.ID, Title: e.Title, Kind: b.Kind, Period: b.Period, Cap: int64(b.Cap), Charged: int64(b.Charged), Figure: b.Figure()}
}

// lines are the budgets of one resource in a year: the year's, the lifetime's, each grant's share, and those of a series' months.
func (s *Service) lines(ctx context.Context, tx *sqldb.Tx, e catalog.Entry, year string, grants ...string) ([]BudgetLine, error) {
	scopes := []disclose.Scope{{Kind: disclose.ResourceYear, ID: e.ID, Period: year}, {Kind: disclose.ResourceLifetime, ID: e.ID}}
	for _, g := range grants {
		scopes = append(scopes, disclose.GrantScope(g, e.ID, year))
	}
	var out []BudgetLine
	for _, scope := range scopes {
		b, err := s.Budget.Budget(ctx, tx, scope)
		if err != nil {
			return nil, err
		}
		l := newLine(e, b)
		if b.Kind == disclose.ResourceLifetime {
			class, err := s.Budget.ClassFigure(ctx, tx, string(e.Unit))
			if err != nil {
				return nil, err
			}
			l.Class = &class
		}
		out = append(out, l)
	}
	if e.Series == "" {
		return out, nil
	}
	months, err := s.Budget.Months(ctx, tx, e.ID, e.Series)
	if err != nil {
		return nil, err
	}
	for _, b := range months {
		out = append(out, newLine(e, b))
	}
	return out, nil
}

// budgets are what a scenario can spend on each person-related resource it asked for.
func (s *Service) budgets(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario) ([]BudgetLine, error) {
	day := workday.DateOf(tx.Now())
	var grants []string
	g, err := grant.InForce(ctx, tx, sc.Org, sc.ID, day)
	if err == nil {
		grants = append(grants, g.ID)
	} else if errs.CodeOf(err) == errs.Internal {
		return nil, err
	}
	var out []BudgetLine
	for _, n := range sc.Plan.Needs {
		e, err := s.Catalog.Load(ctx, tx, n.Resource)
		if err != nil {
			return nil, err
		}
		if e.Unit == "" {
			continue
		}
		lines, err := s.lines(ctx, tx, e, strconv.Itoa(day.Year()), grants...)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

// Budgets are the yearly and lifetime budgets of one resource, for everyone who may ask for a share of them.
func (s *Service) Budgets(ctx context.Context, resource string) (out []BudgetLine, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		e, err := s.Catalog.Load(ctx, tx, resource)
		if err != nil {
			return err
		}
		if e.State != catalog.Published && e.Holder != access.From(ctx).Org {
			return errs.New(errs.NotFound, "没有这个目录条目, 请从目录列表进入") // the catalog's own words for none
		}
		out, err = s.lines(ctx, tx, e, strconv.Itoa(workday.DateOf(tx.Now()).Year()))
		return err
	})
	return out, err
}

// Usage is what a run was charged to, as its reviewers see it.
func (s *Service) Usage(ctx context.Context, tx *sqldb.Tx, r Run) ([]BudgetLine, error) {
	if r.Charge == "" {
		return nil, nil
	}
	req, err := s.Budget.RequestOf(ctx, tx, r.Charge)
	if err != nil {
		return nil, err
	}
	var grants []string
	if req.Grant == r.Grant { // what was served again may have been charged to another organization's grant
		grants = append(grants, r.Grant)
	}
	var out []BudgetLine
	for _, res := range req.Resources {
		e, err := s.Catalog.Load(ctx, tx, res.ID)
		if err != nil {
			return nil, err
		}
		lines, err := s.lines(ctx, tx, e, req.Year, grants...)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}
