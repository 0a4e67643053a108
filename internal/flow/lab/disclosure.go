package lab

import (
	"context"
	"slices"
	"strconv"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/catalog"
)

// Disclosure (累计披露账) is what a resource has told so far, as those see it who decide on it or hold it.
type Disclosure struct {
	Resource  string           `json:"resource"`
	Title     string           `json:"title"`
	Year      int              `json:"year" doc:"The current one"`
	Series    bool             `json:"series,omitempty" doc:"Each month of the data has a budget per person"`
	Lines     []DisclosureLine `json:"lines" doc:"Year by year, then the lifetime, then of a series its months, the newest first"`
	Class     disclose.Figure  `json:"class" doc:"The sum over all resources about the same kind of subject, an upper bound for someone who is in all of them"`
	Decisions []DecidedBudget  `json:"decisions" doc:"Newest first"`
	Acts      []act.Option     `json:"acts"`
}

// DisclosureLine is one budget with what running work holds of it, and what it would mean used up.
type DisclosureLine struct {
	BudgetLine
	Reserved int64           `json:"reserved" doc:"Of what is charged: held by runs that have not ended"`
	Default  bool            `json:"default" doc:"Nothing was decided"`
	Full     disclose.Figure `json:"full" doc:"What the cap means for one person once it is used up"`
	Delta    int64           `json:"delta" doc:"Charged chance that a promise does not hold, in units of 10^-15"`
	DeltaCap int64           `json:"delta_cap"`
}

// DecidedBudget is a decision as it was published.
type DecidedBudget struct {
	Kind     string    `json:"kind" doc:"resource-year, resource-month or resource-lifetime"`
	Period   string    `json:"period,omitempty"`
	Cap      int64     `json:"cap"`
	Document string    `json:"document"`
	Reason   string    `json:"reason,omitempty"`
	Notice   string    `json:"notice,omitempty"`
	At       time.Time `json:"at"`
}

// accountable loads an entry whose disclosure account the caller may read: its holder and those who supervise the holder's area.
func (s *Service) accountable(ctx context.Context, tx *sqldb.Tx, resource string) (catalog.Entry, error) {
	e, err := s.Catalog.Load(ctx, tx, resource)
	if err != nil {
		return e, err
	}
	actor := access.From(ctx)
	area, err := access.AreaOf(ctx, tx, e.Holder)
	if err != nil {
		return e, err
	}
	switch {
	case !actor.OverseerOf(area) && (actor.Org == "" || actor.Org != e.Holder):
		return e, errs.New(errs.NotFound, "没有这个目录条目, 请从目录列表进入") // the catalog's own words for none
	case e.Unit == "":
		return e, errs.New(errs.Invalid, noUnit)
	}
	return e, nil
}

const noUnit = "这项资源不涉及主体, 没有披露额度"

// Disclosure is the account of one resource.
func (s *Service) Disclosure(ctx context.Context, resource string) (d Disclosure, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		e, err := s.accountable(ctx, tx, resource)
		if err != nil {
			return err
		}
		d.Resource, d.Title, d.Year = e.ID, e.Title, workday.DateOf(tx.Now()).Year()
		years, err := s.Budget.Years(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if this := strconv.Itoa(d.Year); !slices.Contains(years, this) {
			years = append(years, this)
			slices.Sort(years)
		}
		scopes := make([]disclose.Scope, 0, len(years)+1)
		for _, y := range years {
			scopes = append(scopes, disclose.Scope{Kind: disclose.ResourceYear, ID: e.ID, Period: y})
		}
		scopes = append(scopes, disclose.Scope{Kind: disclose.ResourceLifetime, ID: e.ID})
		if d.Series = e.Series != ""; d.Series {
			months, err := s.Budget.Months(ctx, tx, e.ID, e.Series)
			if err != nil {
				return err
			}
			for _, b := range months {
				scopes = append(scopes, b.Scope)
			}
		}
		for _, scope := range scopes {
			if err := s.account(ctx, tx, e, scope, &d); err != nil {
				return err
			}
		}
		slices.SortFunc(d.Decisions, func(a, b DecidedBudget) int { return b.At.Compare(a.At) })
		if d.Class, err = s.Budget.ClassFigure(ctx, tx, string(e.Unit)); err != nil {
			return err
		}
		o, err := s.Acts.Option(ctx, tx, ActDecideBudget, s.Catalog.OwnLevel(ctx, tx, e), map[string]string{"org": access.From(ctx).Org})
		d.Acts = []act.Option{o}
		return err
	})
	return d, err
}

func (s *Service) account(ctx context.Context, tx *sqldb.Tx, e catalog.Entry, scope disclose.Scope, d *Disclosure) error {
	a, err := s.Budget.Account(ctx, tx, scope)
	if err != nil {
		return err
	}
	d.Lines = append(d.Lines, DisclosureLine{BudgetLine: newLine(e, a.Budget), Reserved: int64(a.Reserved), Default: a.Default,
		Full: a.FigureAt(a.Cap), Delta: int64(a.Delta), DeltaCap: int64(a.DeltaCap)})
	made, err := s.Budget.Decisions(ctx, tx, scope)
	for _, m := range made {
		d.Decisions = append(d.Decisions, DecidedBudget{Kind: scope.Kind, Period: scope.Period, Cap: int64(m.Cap), Document: m.Document, Reason: m.Reason, Notice: m.Notice, At: m.At})
	}
	return err
}

// FigureAt is what a cap would mean for one person once it is used up, as the decision would publish it.
func (s *Service) FigureAt(ctx context.Context, d BudgetDecision) (f disclose.Figure, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		e, err := s.accountable(ctx, tx, d.Resource)
		if err != nil {
			return err
		}
		scope, _, err := d.scope(e)
		if err != nil {
			return err
		}
		b, err := s.Budget.Budget(ctx, tx, scope)
		f = b.FigureAt(release.Rho(d.Cap))
		return err
	})
	return f, err
}
