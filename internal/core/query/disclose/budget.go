package disclose

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/release"
)

// Kinds of scope.
const (
	ResourceYear     = "resource-year"     // a resource in one calendar year, all tenants together
	ResourceLifetime = "resource-lifetime" // a resource as long as it exists
	Grant            = "grant"             // a grant's share of one resource-year
	Group            = "group"             // related companies together, per resource-year
	ClassYear        = "class-year"        // all resources about one kind of subject: shown, not capped
)

// Default caps, where no decision says otherwise.
const (
	DefaultYear     release.Rho = 136_600_000_000 // rho 0.1366, epsilon 3.0 at delta 1e-8
	DefaultLifetime             = 5 * DefaultYear
)

// Chances that a promise does not hold add up as well. Their caps are no matter of decision: ten selections of groups a
// year, and five years' worth in a lifetime.
const (
	yearDelta     release.Delta = 10 * release.SelectDelta
	lifetimeDelta               = 5 * yearDelta
)

// Scope is one thing that has a budget.
type Scope struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Period string `json:"period,omitempty"`
}

func (s Scope) String() string { return s.Kind + " " + s.ID + " " + s.Period }

func (s Scope) lock() string { return "disclosure " + s.String() }

// GrantScope is the share of a grant in one resource-year.
func GrantScope(grant, resource, year string) Scope {
	return Scope{Grant, grant + "/" + resource, year}
}

// Budget is what a scope may spend and has spent, reservations included.
type Budget struct {
	Scope
	Cap     release.Rho `json:"cap"`
	Charged release.Rho `json:"charged"`
	Default bool        `json:"default"` // no decision, the default holds

	Delta    release.Delta `json:"delta,omitempty"`    // charged chance that a promise does not hold, 10^-15
	DeltaCap release.Delta `json:"deltaCap,omitempty"` // 0: the scope has none of its own
}

// Left is what the scope can still spend.
func (b Budget) Left() release.Rho { return max(b.Cap-b.Charged, 0) }

const uncapped = release.Rho(math.MaxInt64)

func defaultCap(kind string) (release.Rho, bool) {
	switch kind {
	case ResourceYear, ResourceMonth, Group:
		return DefaultYear, true
	case ResourceLifetime:
		return DefaultLifetime, true
	case ClassYear:
		return uncapped, true
	}
	return 0, false // a grant without a share has none
}

// Budget reads one scope.
func (l *Ledger) Budget(ctx context.Context, tx *sqldb.Tx, s Scope) (Budget, error) {
	b := Budget{Scope: s}
	var err error
	if b.Cap, b.Default, err = capOf(ctx, tx, s); err != nil {
		return b, err
	}
	b.DeltaCap = map[string]release.Delta{ResourceYear: yearDelta, ResourceMonth: yearDelta, Group: yearDelta, ResourceLifetime: lifetimeDelta}[s.Kind]
	b.Charged, b.Delta, err = charged(ctx, tx, s)
	return b, err
}

func capOf(ctx context.Context, tx *sqldb.Tx, s Scope) (limit release.Rho, isDefault bool, err error) {
	for _, period := range []string{s.Period, ""} {
		var n int64
		err := tx.QueryRow(ctx, `SELECT cap FROM disclosure_budget WHERE scope = $1 AND id = $2 AND period = $3`, s.Kind, s.ID, period).Scan(&n)
		if err == nil {
			return release.Rho(n), false, nil
		}
		if !errors.Is(err, sqldb.ErrNoRows) {
			return 0, false, fmt.Errorf("read budget %s: %w", s, err)
		}
	}
	limit, isDefault = defaultCap(s.Kind)
	return limit, isDefault, nil
}

func charged(ctx context.Context, tx *sqldb.Tx, s Scope) (release.Rho, release.Delta, error) {
	return summed(ctx, tx, s, "<>", Voided)
}

// summed adds up what was charged to a scope for the releases that are, or are not, in a state.
func summed(ctx context.Context, tx *sqldb.Tx, s Scope, is, state string) (release.Rho, release.Delta, error) {
	if s.Kind == ResourceMonth {
		return ofMonth(ctx, tx, s, is, state)
	}
	var n, delta int64
	err := tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(c.rho), 0) AS BIGINT), CAST(COALESCE(SUM(c.delta), 0) AS BIGINT) FROM disclosure_charge c
		JOIN disclosure_release r ON r.id = c.release
		WHERE c.scope = $1 AND c.id = $2 AND c.period = $3 AND r.state `+is+` $4`, s.Kind, s.ID, s.Period, state).Scan(&n, &delta)
	if err != nil {
		return 0, 0, fmt.Errorf("sum charges of %s: %w", s, err)
	}
	return release.Rho(n), release.Delta(delta), nil
}

// Decision is a bureau decision about a cap; it is published.
type Decision struct {
	Scope    Scope       `json:"scope"`
	Cap      release.Rho `json:"cap"`
	Document string      `json:"document"` // number of the deciding paper
	Reason   string      `json:"reason,omitempty"`
	Notice   string      `json:"notice,omitempty"` // where it is published
}

// Decide sets a cap. A cap below what is already charged stands and refuses everything.
func (l *Ledger) Decide(ctx context.Context, tx *sqldb.Tx, d Decision) error {
	if d.Scope.Kind != ResourceYear && d.Scope.Kind != ResourceMonth && d.Scope.Kind != ResourceLifetime && d.Scope.Kind != Group {
		return errs.New(errs.Invalid, "额度决定只能针对资源的年度、数据月份、存续期或关联企业。请重新选择范围。")
	}
	if d.Cap < 0 || strings.TrimSpace(d.Document) == "" {
		return errs.New(errs.Invalid, "额度不能为负，并须写明决定文件及公开位置。请补充后提交。")
	}
	if err := l.setCap(ctx, tx, d.Scope, d.Scope.ID, d.Cap, d.Document); err != nil {
		return err
	}
	return l.event(ctx, tx, "decide", d.Scope.String(), d)
}

func (l *Ledger) setCap(ctx context.Context, tx *sqldb.Tx, s Scope, resource string, limit release.Rho, document string) error {
	if err := tx.Lock(ctx, s.lock()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO disclosure_budget (scope, id, period, resource, cap, decision, decided) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (scope, id, period) DO UPDATE SET cap = excluded.cap, decision = excluded.decision, decided = excluded.decided`,
		s.Kind, s.ID, s.Period, resource, int64(limit), document, tx.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("set budget %s: %w", s, err)
	}
	return nil
}

// Share is the part of a resource-year that a grant carries (额度).
type Share struct {
	Grant    string      `json:"grant"`
	Resource string      `json:"resource"`
	Year     string      `json:"year"` // 2026
	Rho      release.Rho `json:"rho"`
	Document string      `json:"document"`
}

// Allot gives a grant its share, decided with the grant, so that nobody who holds one
// finds the till empty: all shares of a resource-year and what was spent outside of
// shares never exceed its cap.
func (l *Ledger) Allot(ctx context.Context, tx *sqldb.Tx, s Share) error {
	if s.Rho <= 0 || s.Grant == "" || s.Resource == "" || len(s.Year) != 4 {
		return errs.New(errs.Invalid, "授权额度须大于 0，并写明授权、资源和年度。请补充后提交。")
	}
	year := Scope{ResourceYear, s.Resource, s.Year}
	if err := tx.Lock(ctx, year.lock()); err != nil {
		return err
	}
	scope := GrantScope(s.Grant, s.Resource, s.Year)
	free, err := l.unshared(ctx, tx, year)
	if err != nil {
		return err
	}
	// A second decision replaces the first.
	before, err := l.Budget(ctx, tx, scope)
	if err != nil {
		return err
	}
	if s.Rho < before.Charged {
		return errs.New(errs.Invalid, "授权额度不能低于已使用的 %s。请重新填写。", before.Charged)
	}
	if s.Rho > free+before.Cap {
		return refuse(Exhausted, "share", fmt.Sprintf("该资源 %s 年度可分配额度余 %s，本次申请 %s", s.Year, max(free+before.Cap, 0), s.Rho))
	}
	if err := l.setCap(ctx, tx, scope, s.Resource, s.Rho, s.Document); err != nil {
		return err
	}
	return l.event(ctx, tx, "allot", scope.String(), s)
}

// EndShare takes back what a grant has not spent, when the grant ends.
func (l *Ledger) EndShare(ctx context.Context, tx *sqldb.Tx, grant, resource, year, document string) error {
	year4 := Scope{ResourceYear, resource, year}
	if err := tx.Lock(ctx, year4.lock()); err != nil {
		return err
	}
	scope := GrantScope(grant, resource, year)
	b, err := l.Budget(ctx, tx, scope)
	if err != nil {
		return err
	}
	if err := l.setCap(ctx, tx, scope, resource, min(b.Cap, b.Charged), document); err != nil {
		return err
	}
	return l.event(ctx, tx, "end share", scope.String(), Share{grant, resource, year, min(b.Cap, b.Charged), document})
}

// unshared is what of a resource-year is neither in a share nor spent outside of shares.
func (l *Ledger) unshared(ctx context.Context, tx *sqldb.Tx, year Scope) (release.Rho, error) {
	b, err := l.Budget(ctx, tx, year)
	if err != nil {
		return 0, err
	}
	var shares, spent int64
	err = tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(cap), 0) AS BIGINT) FROM disclosure_budget WHERE scope = $1 AND resource = $2 AND period = $3`,
		Grant, year.ID, year.Period).Scan(&shares)
	if err == nil {
		err = tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(c.rho), 0) AS BIGINT) FROM disclosure_charge c
			JOIN disclosure_release r ON r.id = c.release
			JOIN disclosure_budget b ON b.scope = c.scope AND b.id = c.id AND b.period = c.period
			WHERE c.scope = $1 AND b.resource = $2 AND c.period = $3 AND r.state <> $4`, Grant, year.ID, year.Period, Voided).Scan(&spent)
	}
	if err != nil {
		return 0, fmt.Errorf("sum shares of %s: %w", year, err)
	}
	return b.Cap - release.Rho(shares) - (b.Charged - release.Rho(spent)), nil
}

// scopes lists everything a request is charged to.
func (r *Request) scopes() []Scope {
	var out []Scope
	classes := map[string]bool{}
	for _, res := range r.Resources {
		out = append(out, Scope{ResourceYear, res.ID, r.Year}, Scope{ResourceLifetime, res.ID, ""})
		if res.Month != "" {
			out = append(out, MonthScope(res.ID, res.Series, res.Month))
		}
		if r.Grant != "" {
			out = append(out, GrantScope(r.Grant, res.ID, r.Year))
		}
		if r.Group != "" {
			out = append(out, Scope{Group, r.Group + "/" + res.ID, r.Year})
		}
		if res.Class != "" && !classes[res.Class] {
			classes[res.Class] = true
			out = append(out, Scope{ClassYear, res.Class, r.Year})
		}
	}
	return out
}

// relatedScopes are the budgets of the related companies that a request is compared with.
func (r *Request) relatedScopes() []Scope {
	var out []Scope
	for _, res := range r.Resources {
		for _, group := range r.Related {
			out = append(out, Scope{Group, group + "/" + res.ID, r.Year})
		}
	}
	return out
}

// together reads a scope as it holds for a request: related companies are one asker, so what each of them spent counts,
// and the lowest of their caps holds.
func (l *Ledger) together(ctx context.Context, tx *sqldb.Tx, r *Request, s Scope) (Budget, error) {
	b, err := l.Budget(ctx, tx, s)
	if err != nil || s.Kind != Group {
		return b, err
	}
	resource := strings.TrimPrefix(s.ID, r.Group+"/")
	for _, group := range r.Related {
		o, err := l.Budget(ctx, tx, Scope{Group, group + "/" + resource, s.Period})
		if err != nil {
			return b, err
		}
		b.Charged, b.Delta, b.Cap, b.Default = b.Charged+o.Charged, b.Delta+o.Delta, min(b.Cap, o.Cap), b.Default && o.Default
	}
	return b, nil
}

// lockAll takes the scopes' locks in one order for everybody, so that nobody waits in a
// circle.
func lockAll(ctx context.Context, tx *sqldb.Tx, scopes []Scope) error {
	keys := make([]string, len(scopes))
	for i, s := range scopes {
		keys[i] = s.lock()
	}
	slices.Sort(keys)
	for _, k := range keys {
		if err := tx.Lock(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

func asError(err error) *errs.Error {
	e, _ := errors.AsType[*errs.Error](err)
	return e
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("disclose: %T is no JSON: %v", v, err)) // strings and integers only
	}
	return string(b)
}
