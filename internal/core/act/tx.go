package act

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/id"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/ledger"
	"yunei/internal/core/regime"
)

// Tx is the transaction of one act: SQL, the law, and what will stand in the entry.
type Tx struct {
	*sqldb.Tx
	runner   *Runner
	call     Call
	day      workday.Date
	actor    access.Actor
	request  string
	key      *Key
	changes  []ledger.Change
	verdicts []ledger.Verdict
	special  []ledger.Special
}

// Day is the legal day of the act (occurred).
func (tx *Tx) Day() workday.Date { return tx.day }

// Actor is who does the act.
func (tx *Tx) Actor() access.Actor { return tx.actor }

// Law is the law the act is judged by.
func (tx *Tx) Law() *regime.Law { return tx.runner.law }

// NewID makes an identifier at the act's time.
func (tx *Tx) NewID(prefix string) string { return id.New(prefix, tx.Now()) }

// InMatter ties the entry to a matter and its step, where the act learns of them only after loading.
func (tx *Tx) InMatter(matter, step string) { tx.call.Matter, tx.call.Step = matter, step }

// Judge asks the law about this act on these objects (kind -> id). A refusal is an errs.Unlawful that carries every
// article that forbids it.
func (tx *Tx) Judge(ctx context.Context, objects map[string]string) error {
	return tx.JudgeAs(ctx, tx.call.Act, objects, nil)
}

// JudgeAs judges under another act's name, for an act composed into this one; extra gives facts that only the
// caller knows, such as what a document said.
func (tx *Tx) JudgeAs(ctx context.Context, name string, objects map[string]string, extra map[string]any) error {
	j, err := tx.runner.law.Judge(ctx, tx.Tx, name, tx.day, withAccount(objects, tx.actor), extra)
	if err != nil {
		return fmt.Errorf("judge %s: %w", name, err)
	}
	for _, v := range j.Verdicts {
		tx.verdicts = append(tx.verdicts, ledger.Verdict{Rule: v.Cite.Pack + "/" + v.Rule, Outcome: string(v.Outcome)})
		tx.Under(v.Special...)
	}
	return j.Err()
}

// Under puts the special law that the act was judged by, or that sets a period it rests on, into the entry with its words.
func (tx *Tx) Under(specials ...regime.Special) {
	for _, s := range specials {
		e := ledger.Special{ID: s.ID, Value: s.Value, Setting: s.Setting, Law: s.Cite.Law, Article: s.Cite.Article, Quote: s.Cite.Quote}
		if !slices.Contains(tx.special, e) {
			tx.special = append(tx.special, e)
		}
	}
}

// withAccount lets the law look at the account that acts (facts account.*): whether this person was trained, or signed the
// undertaking, is asked of whoever does the act. An act about another account names that one itself.
func withAccount(objects map[string]string, a access.Actor) map[string]string {
	if _, named := objects["account"]; named || !a.SignedIn() || a.Has(access.Platform) {
		return objects
	}
	out := maps.Clone(objects)
	if out == nil {
		out = map[string]string{}
	}
	out["account"] = a.Account
	return out
}

// Changed versions an object after it was saved: its digest before and after goes into the entry. body must be what
// the kind's registered loader gives back, so that fsck can compare.
func (tx *Tx) Changed(ctx context.Context, kind, objectID string, body any) error {
	c, err := tx.runner.log.Version(ctx, tx.Tx, kind, objectID, body)
	if err != nil {
		return fmt.Errorf("version %s %s: %w", kind, objectID, err)
	}
	tx.changes = append(tx.changes, c)
	return nil
}

// Issue stores a new permit and puts it into the entry.
func (tx *Tx) Issue(ctx context.Context, p access.Permit) (access.Permit, error) {
	p.ID, p.State, p.Opened = tx.NewID("prm"), access.Active, tx.Now()
	if err := access.InsertPermit(ctx, tx.Tx, p); err != nil {
		return p, err
	}
	return p, tx.Changed(ctx, "permit", p.ID, p)
}

// SetPermit suspends, lifts or revokes a permit and puts it into the entry.
func (tx *Tx) SetPermit(ctx context.Context, permitID, state string) error {
	p, err := access.SetPermitState(ctx, tx.Tx, permitID, state)
	if err != nil {
		return err
	}
	return tx.Changed(ctx, "permit", p.ID, p)
}

// refusing are the rules that refused the act.
func (tx *Tx) refusing() (rules []string) {
	for _, v := range tx.verdicts {
		if v.Outcome == string(regime.Refuse) {
			rules = append(rules, v.Rule)
		}
	}
	return rules
}

// Act is the name of the act.
func (tx *Tx) Act() string { return tx.call.Act }

func (tx *Tx) entry(outcome string) ledger.Entry {
	return ledger.Entry{
		Recorded: tx.Now(), Occurred: tx.day.String(),
		Actor: tx.actor.Account, Org: tx.actor.Org,
		Act: tx.call.Act, Outcome: outcome,
		Changes: tx.changes, Regimes: tx.runner.law.Digests(), Verdicts: tx.verdicts, Special: tx.special,
		Matter: tx.call.Matter, Step: tx.call.Step, Start: tx.call.Start, Request: tx.request,
	}
}

// Option is an act on an object as it stands for one caller now: open, or closed with the reason.
type Option struct {
	Act     string      `json:"act"`
	On      string      `json:"on,omitempty" doc:"The part of the object it is about, such as a step"`
	Allowed bool        `json:"allowed"`
	Reason  string      `json:"reason,omitempty"`
	Cites   []errs.Cite `json:"cites,omitempty"`
}

// Option tells whether the caller may do an act now: by role, by the object's state (stateErr, from the pure
// transition), and by the law. It records nothing.
func (r *Runner) Option(ctx context.Context, tx *sqldb.Tx, name string, stateErr error, objects map[string]string) (Option, error) {
	return r.OptionAs(ctx, tx, name, stateErr, objects, nil)
}

// OptionAs is Option with facts that only the caller knows.
func (r *Runner) OptionAs(ctx context.Context, tx *sqldb.Tx, name string, stateErr error, objects map[string]string, extra map[string]any) (Option, error) {
	o := Option{Act: name}
	err := r.permitted(ctx, name)
	if err == nil {
		err = stateErr
	}
	if err == nil {
		j, jerr := r.law.Preview(ctx, tx, name, workday.DateOf(tx.Now()), withAccount(objects, access.From(ctx)), extra)
		if jerr != nil {
			return o, fmt.Errorf("judge %s: %w", name, jerr)
		}
		err = j.Err()
	}
	if err == nil {
		o.Allowed = true
		return o, nil
	}
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return o, err
	}
	o.Reason, o.Cites = e.Msg, e.Cites
	return o, nil
}
