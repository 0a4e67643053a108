package lawcase

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/ledger"
	"yunei/internal/core/regime"
)

// Result is what became of one case.
type Result struct {
	regime.LawCase
	Unreached string // why the act could not be brought to the point
	Wrong     string // what the act's own verdicts said otherwise
}

// InForce reports whether every regulation below the national level is in force on a day: without them there is no procedure.
func InForce(law *regime.Law, day workday.Date) bool {
	for _, p := range law.Packs() {
		if p.Level != "national" && (day < p.From || p.Until != "" && day > p.Until) {
			return false
		}
	}
	return true
}

// Run does the act of one case under its facts and compares the verdicts that the act left.
func (w *World) Run(c regime.LawCase) Result {
	// An act that was refused left everything as it was: what was arranged for it serves the next case of the same act and day.
	if do := w.ready.do; do != nil && w.ready.act == c.Act && w.ready.day == c.Day {
		if r := w.try(c, do); r.Unreached == "" && r.Wrong == "" {
			return r
		}
	}
	w.ready = ready{}
	arrange := acts[c.Act]
	if arrange == nil {
		return Result{LawCase: c, Unreached: "nothing arranges this act"}
	}
	w.clock.Advance(morning(c.Day).Sub(w.clock.Now()))
	w.silence()
	do, err := arrange(w)
	if errs.Is(err, errs.NotFound) && notInForce(c) {
		return Result{LawCase: c} // the procedure was no law either: nothing leads up to the act
	}
	if err != nil {
		return Result{LawCase: c, Unreached: "arranging: " + err.Error()}
	}
	must(w.t, w.Log.Seal(w.t.Context())) // raw data and answers wait for the ledger
	return w.try(c, do)
}

// ready is an act that was arranged and not done: it was refused.
type ready struct {
	act string
	day workday.Date
	do  func() error
}

// try does an arranged act under the facts of a case.
func (w *World) try(c regime.LawCase, do func() error) Result {
	r := Result{LawCase: c}
	w.ready = ready{}
	last := w.newest()
	w.law.Rehearse(&regime.Rehearsal{Given: c.Given, Special: c.SpecialCase(), Asked: func(pack, rule string) bool {
		_, expected := c.Expect[rule]
		return expected && pack == c.Pack
	}})
	defer w.silence()
	err := do()
	if errs.Is(err, errs.Internal) {
		r.Wrong = "the program cannot judge it: " + err.Error()
		return r
	}
	got := w.verdicts(c, last, err)
	for _, outcome := range got {
		if outcome == regime.Refuse {
			w.ready = ready{c.Act, c.Day, do}
		}
	}
	if len(got) == 0 {
		if err != nil && notInForce(c) {
			return r // the procedure was no law either: the act ends before it reaches the rule
		}
		r.Unreached = fmt.Sprintf("the act ends before the law is asked: %v", err)
		return r
	}
	var wrong []string
	for rule, want := range c.Expect {
		if got[rule] != want {
			wrong = append(wrong, fmt.Sprintf("%s: the act recorded %q, want %s", rule, got[rule], want))
		}
	}
	sort.Strings(wrong)
	r.Wrong = strings.Join(wrong, "; ")
	return r
}

func notInForce(c regime.LawCase) bool {
	for _, want := range c.Expect {
		if want != regime.NotInForce {
			return false
		}
	}
	return true
}

// newest is the last entry of the ledger.
func (w *World) newest() (seq int64) {
	must(w.t, w.DB.View(w.t.Context(), func(tx *sqldb.Tx) error {
		list, err := w.Log.Entries(w.t.Context(), tx, ledger.Filter{Limit: 1})
		if err == nil && len(list) > 0 {
			seq = list[0].Seq
		}
		return err
	}))
	return seq
}

// verdicts are what the act recorded since: in the entries it left, or, where reading is no act, in the refusal itself.
func (w *World) verdicts(c regime.LawCase, since int64, err error) map[string]regime.Outcome {
	got := map[string]regime.Outcome{}
	must(w.t, w.DB.View(w.t.Context(), func(tx *sqldb.Tx) error {
		list, err := w.Log.Entries(w.t.Context(), tx, ledger.Filter{Limit: 50})
		slices.Reverse(list)
		for _, e := range list {
			for _, v := range e.Verdicts {
				pack, rule, _ := strings.Cut(v.Rule, "/")
				if old, seen := got[rule]; e.Seq > since && pack == c.Pack && (!seen || old == regime.NotInForce) {
					got[rule] = regime.Outcome(v.Outcome)
				}
			}
		}
		return err
	}))
	if len(got) > 0 || !reads[c.Act] {
		return got
	}
	refusal, _ := errors.AsType[*errs.Error](err)
	for rule := range c.Expect {
		got[rule] = regime.Pass
		if refusal != nil && slices.ContainsFunc(refusal.Cites, func(cite errs.Cite) bool { return cite.Rule == rule && cite.Pack == c.Pack }) {
			got[rule] = regime.Refuse
		}
	}
	return got
}

// reads are acts that change nothing and leave no entry.
var reads = map[string]bool{"open.download": true}
