package disclose

import (
	"context"
	"fmt"
	"math"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/release"
)

// Level is what officials are shown instead of epsilon.
type Level string

const (
	Low    Level = "低"
	Medium Level = "中"
	High   Level = "高"
)

// Figure says in words and guess rates what an amount of disclosure means for one
// person: how often the best attacker, who knows everyone else, is right on a question
// whose answer is yes or no with even odds.
type Figure struct {
	Rho          release.Rho `json:"rho"`
	Level        Level       `json:"level"`
	Sentence     string      `json:"sentence"`
	Membership   float64     `json:"membership"`   // is this person among the records?
	AttributeLow float64     `json:"attributeLow"` // one attribute of a person known to be there
	Attribute    float64     `json:"attribute"`
}

// Bounds of the levels: a tenth and a whole of the epsilon of one resource-year, about.
const (
	lowUntil    release.Rho = 24_400_000_000 // rho 0.0244: membership guessed in 54.4%
	mediumUntil             = DefaultYear    // rho 0.1366: 60.43%
)

// NewFigure bounds what an amount of rho tells, however it was spent, delta being the chance that selections of groups
// cost beside it.
//
// What is released is discrete, and one count at the full charge tells most: of two neighboring counts the best guess
// is right with 1/2 + p/2, where p is the probability of the noise being 0. Seen as a Gaussian of the same guess rate it
// bounds every way of spending the same rho in several vectors, which are finer or are added up (tested over all
// thresholds of the guess, all sizes of C, and splits). With selections, which are no Gaussians, Pinsker's inequality
// holds for any mechanism of that rho.
func NewFigure(rho release.Rho, delta release.Delta) Figure { return figureOf("某个人", rho, delta) }

// figureOf is NewFigure of another unit than a person.
func figureOf(unit string, rho release.Rho, delta release.Delta) Figure {
	mu := 2 * quantile(0.5+noiseless(rho.Float())/2)
	f := Figure{Rho: rho, Membership: phi(mu / 2), AttributeLow: phi(mu / math.Sqrt2), Attribute: phi(mu)}
	if delta > 0 {
		pinsker := func(rho float64, deltas float64) float64 {
			return min(1, 0.5+0.5*math.Sqrt(rho/2)+deltas*delta.Float())
		}
		f.Membership = max(f.Membership, pinsker(rho.Float(), 1))
		f.AttributeLow = max(f.AttributeLow, pinsker(2*rho.Float(), 2))
		f.Attribute = max(f.Attribute, pinsker(4*rho.Float(), 2)) // one record for another: twice the distance
	}
	what := "累计披露很少"
	switch {
	case rho <= lowUntil:
		f.Level = Low
	case rho <= mediumUntil:
		f.Level, what = Medium, "累计披露在年度额度之内"
	default:
		f.Level, what = High, "累计披露超过一个年度的额度"
	}
	f.Sentence = fmt.Sprintf("%s：%s，即使有人掌握其他所有人的数据，猜%s在不在其中，猜中的可能不超过 %.2f%%（瞎猜为 50%%）。", f.Level, what, unit, math.Ceil(1e4*f.Membership)/100)
	return f
}

// noiseless is the probability that the discrete Gaussian of one count at charge rho, of variance 1/(2 rho), is 0: one
// over the sum of exp(-rho k^2) over all integers k. Both series are of positive terms that vanish at once; by Poisson's
// formula they are the same.
func noiseless(rho float64) float64 {
	switch {
	case rho <= 0:
		return 0
	case rho < 1:
		sum := 1.0
		for k := 1.0; k < 40; k++ {
			sum += 2 * math.Exp(-math.Pi*math.Pi*k*k/rho)
		}
		return math.Sqrt(rho/math.Pi) / sum
	}
	sum := 1.0
	for k := 1.0; k < 40; k++ {
		sum += 2 * math.Exp(-rho*k*k)
	}
	return 1 / sum
}

// quantile is the inverse of phi.
func quantile(p float64) float64 {
	if p >= 1 {
		return math.Inf(1)
	}
	return math.Sqrt2 * math.Erfinv(2*p-1)
}

// phi is the standard normal distribution function.
func phi(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// Standing is what is shown of one resource: its budgets, its figure over its lifetime,
// and beside it the upper bound for someone who is in all resources of the class.
type Standing struct {
	Year     Budget `json:"year"`
	Lifetime Budget `json:"lifetime"`
	Figure   Figure `json:"figure"`
	Class    Figure `json:"class"`
}

// Standing reads the standing of a resource.
func (l *Ledger) Standing(ctx context.Context, tx *sqldb.Tx, resource, class, year string) (Standing, error) {
	var s Standing
	var err error
	if s.Year, err = l.Budget(ctx, tx, Scope{ResourceYear, resource, year}); err != nil {
		return s, err
	}
	if s.Lifetime, err = l.Budget(ctx, tx, Scope{ResourceLifetime, resource, ""}); err != nil {
		return s, err
	}
	s.Figure = s.Lifetime.Figure()
	s.Class, err = l.ClassFigure(ctx, tx, class)
	return s, err
}

// Figure is what the budget's charges mean for one unit.
func (b Budget) Figure() Figure { return b.FigureAt(b.Charged) }

// FigureAt is what it would mean with so much charged. A month's is about one person's records of one month: someone who
// is in several months is bounded by the year and the lifetime.
func (b Budget) FigureAt(charged release.Rho) Figure {
	if b.Kind == ResourceMonth {
		return figureOf("某个人这一个月的记录", charged, b.Delta)
	}
	return NewFigure(charged, b.Delta)
}

// ClassFigure adds all years and all resources of a class: what the charges mean for someone who is in all of them.
func (l *Ledger) ClassFigure(ctx context.Context, tx *sqldb.Tx, class string) (Figure, error) {
	var n, delta int64
	err := tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(c.rho), 0) AS BIGINT), CAST(COALESCE(SUM(c.delta), 0) AS BIGINT) FROM disclosure_charge c
		JOIN disclosure_release r ON r.id = c.release WHERE c.scope = $1 AND c.id = $2 AND r.state <> $3`, ClassYear, class, Voided).Scan(&n, &delta)
	if err != nil {
		return Figure{}, fmt.Errorf("sum charges of class %s: %w", class, err)
	}
	return NewFigure(release.Rho(n), release.Delta(delta)), nil
}

// Preview is what a reservation would do, shown before anyone asks for it.
type Preview struct {
	Rho     release.Rho    `json:"rho"`
	Equal   *Release       `json:"equal,omitempty"` // would be served instead, without a charge
	Scopes  []PreviewScope `json:"scopes"`
	Refused bool           `json:"refused"`
	After   Figure         `json:"after"` // of the most exposed resource, over its lifetime
}

// PreviewScope is one budget before and after.
type PreviewScope struct {
	Budget
	Title  string      `json:"title"`
	After  release.Rho `json:"after"`
	Enough bool        `json:"enough"`
}

// Preview computes what Reserve would charge, without charging.
func (l *Ledger) Preview(ctx context.Context, tx *sqldb.Tx, r Request) (Preview, error) {
	p := Preview{Rho: r.Plan.Rho}
	var err error
	if p.Equal, err = l.Find(ctx, tx, r); err != nil {
		return p, err
	}
	var most release.Rho
	var deltas release.Delta
	months, err := l.months(ctx, tx, &r)
	if err != nil {
		return p, err
	}
	var budgets []Budget
	for _, s := range r.scopes() {
		b, err := l.together(ctx, tx, &r, s)
		if err != nil {
			return p, err
		}
		budgets = append(budgets, b)
	}
	if b, ok := fullest(months); ok {
		budgets = append(budgets, b)
	}
	for _, b := range budgets {
		s := b.Scope
		ps := PreviewScope{Budget: b, Title: titles[s.Kind], After: b.Charged + r.Plan.Rho}
		ps.Enough = (b.Cap == uncapped || ps.After <= b.Cap) && (b.DeltaCap == 0 || r.Plan.Delta() <= max(b.DeltaCap-b.Delta, 0))
		if s.Kind == ResourceYear && r.Grant == "" {
			free, err := l.unshared(ctx, tx, s)
			if err != nil {
				return p, err
			}
			ps.Enough = ps.Enough && r.Plan.Rho <= free
		}
		if s.Kind == ResourceLifetime {
			most, deltas = max(most, ps.After), max(deltas, b.Delta+r.Plan.Delta())
		}
		if s.Kind == ClassYear {
			continue // has no cap to compare with
		}
		p.Refused = p.Refused || !ps.Enough
		p.Scopes = append(p.Scopes, ps)
	}
	if p.Equal != nil {
		p.Refused, p.Rho = false, 0
	}
	p.After = NewFigure(most, deltas)
	return p, nil
}
