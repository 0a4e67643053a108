package trace

import (
	"context"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/catalog"
)

// Service reads; it has no act.
type Service struct{ Deps }

// Deps are what New needs.
type Deps struct {
	Acts    *act.Runner
	Catalog *catalog.Service
}

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Filter narrows the steps that a page of a chain shows; gaps and counts are of the whole chain.
type Filter struct {
	Stage       Stage
	From, Until workday.Date // both included
	After       int          // steps before the page
	Limit       int
}

// Chain is what became of one thing, oldest first.
type Chain struct {
	Title  string  `json:"title"`
	Stages []Count `json:"stages"`
	Gaps   []Gap   `json:"gaps"`
	Steps  []Step  `json:"items"`
	Total  int     `json:"total" doc:"Steps that the filter lets through"`
	Next   int     `json:"-"`
}

// page cuts a chain down to what was asked for.
func (f Filter) page(title string, stages []Stage, steps []Step, gaps []Gap) Chain {
	c := Chain{Title: title, Stages: counts(stages, steps, gaps), Gaps: gaps}
	if c.Gaps == nil {
		c.Gaps = []Gap{}
	}
	within := func(t time.Time) bool {
		day := workday.DateOf(t)
		return (f.From == "" || !day.Before(f.From)) && (f.Until == "" || !day.After(f.Until))
	}
	shown := slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return f.Stage != "" && s.Stage != f.Stage || !within(s.At) })
	c.Total = len(shown)
	end := min(f.After+f.Limit, len(shown))
	c.Steps = slices.Clone(shown[min(f.After, len(shown)):end])
	if c.Steps == nil {
		c.Steps = []Step{}
	}
	if end < len(shown) {
		c.Next = end
	}
	return c
}

// inspects reports whether the actor supervises what an organization in the area does: the overseers, and the authorities that
// supervise by their own duties (网信、公安、审计).
func inspects(a access.Actor, area access.Area) bool {
	return a.Has(access.Regulator) && a.Area.Covers(area) || a.OverseerOf(area)
}

const ownOnly = "数据资源的全程记录由数据提供单位和监督机构查看; 请在目录条目中查看公开的说明"

// mayFollow refuses the life of a resource to whoever neither holds nor supervises it.
func mayFollow(ctx context.Context, tx *sqldb.Tx, e catalog.Entry) error {
	actor := access.From(ctx)
	if actor.Org != "" && actor.Org == e.Holder {
		return nil
	}
	area, err := access.AreaOf(ctx, tx, e.Holder)
	if err == nil && !inspects(actor, area) {
		err = errs.New(errs.Forbidden, ownOnly)
	}
	return err
}
