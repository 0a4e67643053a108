package act

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/ledger"
	"yunei/internal/core/regime"
)

// Def names an act and says who may do it at all; on whose objects is the service's own check.
type Def struct {
	Name  string
	Roles []access.Role
}

// Runner does acts.
type Runner struct {
	db  *sqldb.DB
	log *ledger.Log
	law *regime.Law

	mu   sync.RWMutex
	defs map[string]Def

	refused func(ctx context.Context, tx *Tx, rules []string) error
}

// OnRefused sets what else is done where the law refused an act, in the transaction that writes the refusal down: rules are
// those that refused, as pack/rule.
func (r *Runner) OnRefused(fn func(ctx context.Context, tx *Tx, rules []string) error) {
	r.refused = fn
}

// NewRunner makes a runner over one database, ledger and law.
func NewRunner(db *sqldb.DB, log *ledger.Log, law *regime.Law) *Runner {
	log.Register("permit", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return access.LoadPermit(ctx, tx, id) })
	return &Runner{db: db, log: log, law: law, defs: map[string]Def{}}
}

// Law is the law in force, for what is shown about it.
func (r *Runner) Law() *regime.Law { return r.law }

// Ledger is the log the acts are written to.
func (r *Runner) Ledger() *ledger.Log { return r.log }

// Define makes acts known. Naming one twice is a mistake in the program.
func (r *Runner) Define(defs ...Def) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range defs {
		if _, twice := r.defs[d.Name]; twice {
			panic("act defined twice: " + d.Name)
		}
		r.defs[d.Name] = d
	}
}

// Names lists every act that is defined, sorted.
func (r *Runner) Names() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := make([]string, 0, len(r.defs))
	for n := range r.defs {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Call says which act is done, on which legal day, and in what connection.
type Call struct {
	Act      string
	Occurred workday.Date // zero: the day it is recorded
	Start    int64        // for the finish of an errand: the entry of its start
	Matter   string
	Step     string
}

// Receipt is the place of an act in the ledger.
type Receipt struct {
	Seq int64 `json:"seq"`
}

// View reads in one snapshot; it is no act and leaves no entry.
func (r *Runner) View(ctx context.Context, fn func(tx *sqldb.Tx) error) error {
	return r.db.View(ctx, fn)
}

// Admit refuses whoever may not do an act at all and records the refusal. Do begins with it; where an act takes work before its transaction,
// the service asks it before that work.
func (r *Runner) Admit(ctx context.Context, c Call) error {
	err := r.permitted(ctx, c.Act)
	if err != nil {
		r.refuse(ctx, c, nil, err)
	}
	return err
}

// Do runs fn as one act. fn may run twice and does nothing but SQL. What it returns as unlawful or forbidden is
// recorded as a refusal after the rollback.
func (r *Runner) Do(ctx context.Context, c Call, fn func(ctx context.Context, tx *Tx) error) (Receipt, error) {
	if err := r.Admit(ctx, c); err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	var last *Tx
	err := r.db.Do(ctx, func(stx *sqldb.Tx) error {
		tx := r.begin(ctx, stx, c)
		last = tx
		if err := tx.claimKey(ctx); err != nil {
			return err
		}
		if err := fn(ctx, tx); err != nil {
			return err
		}
		seq, err := r.log.Add(ctx, stx, tx.entry("done"))
		if err != nil {
			return fmt.Errorf("add ledger entry for %s: %w", c.Act, err)
		}
		receipt.Seq = seq
		return tx.keepKey(ctx, seq)
	})
	if err != nil {
		r.refuse(ctx, c, last, err)
		return Receipt{}, err
	}
	if last.key != nil {
		last.key.claim()
	}
	deliver(ctx, receipt)
	return receipt, nil
}

func (r *Runner) begin(ctx context.Context, stx *sqldb.Tx, c Call) *Tx {
	day := c.Occurred
	if day.IsZero() {
		day = workday.DateOf(stx.Now())
	}
	return &Tx{Tx: stx, runner: r, call: c, day: day, actor: access.From(ctx), request: RequestID(ctx), key: keyOf(ctx)}
}

func (r *Runner) permitted(ctx context.Context, name string) error {
	r.mu.RLock()
	d, known := r.defs[name]
	r.mu.RUnlock()
	actor := access.From(ctx)
	switch {
	case !known:
		return errs.New(errs.Forbidden, "没有 %s 这项操作, 请从页面上的按钮办理", name)
	case actor.Has(d.Roles...):
		return nil
	case !actor.SignedIn():
		return errs.New(errs.Unauthenticated, "请先登录再办理")
	}
	return errs.New(errs.Forbidden, "您的角色不能办理此事项, 请联系本单位有相应权限的人员")
}

// refuse writes the refusal down, with the verdicts that led to it. Failing to write it does not turn a refusal into
// anything else, so it is only logged.
func (r *Runner) refuse(ctx context.Context, c Call, tx *Tx, cause error) {
	if code := errs.CodeOf(cause); code != errs.Unlawful && code != errs.Forbidden {
		return
	}
	err := r.db.Do(ctx, func(stx *sqldb.Tx) error {
		fresh := r.begin(ctx, stx, c)
		if tx != nil {
			fresh.verdicts, fresh.special = tx.verdicts, tx.special
		}
		if rules := fresh.refusing(); len(rules) > 0 && r.refused != nil {
			if err := r.refused(ctx, fresh, rules); err != nil {
				return err
			}
		}
		_, err := r.log.Add(ctx, stx, fresh.entry("refused"))
		return err
	})
	if err != nil {
		slog.ErrorContext(ctx, "refusal not recorded", "act", c.Act, "err", err)
	}
}
