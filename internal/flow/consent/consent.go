package consent

import (
	"fmt"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// State of a stored document.
type State string

const (
	StateValid     State = "valid"
	StateWithdrawn State = "withdrawn" // by the person (信息主体撤销授权)
	StateEnded     State = "ended"     // the business was refused or settled
	StateSuspended State = "suspended" // found wanting by a spot check (抽查), until a later one passes
)

// Consent (个人授权) is what a document creates: a person's word, until it is withdrawn, ended, over or used up.
type Consent struct {
	ID        string    `json:"id"`
	SID       string    `json:"sid"`
	Digest    string    `json:"digest" doc:"HMAC-SM3 of the signed bytes"`
	Terms     Terms     `json:"terms"`
	State     State     `json:"state" enum:"valid,withdrawn,ended,suspended"`
	Reason    string    `json:"reason,omitempty"`
	Submitted string    `json:"submitted_by" doc:"Organization that handed the document in, or empty: the person"`
	Received  time.Time `json:"received"`
	Closed    time.Time `json:"closed,omitzero" doc:"When it was withdrawn or ended"`
	Erased    time.Time `json:"erased,omitzero" doc:"When the stored document was deleted"`
	// Uses is a counter beside the versioned state: every call that used it carries its own number.
	Uses int64 `json:"-"`
}

// holds decides whether the stored state still carries a call.
func (c Consent) holds() Reason {
	switch {
	case c.State == StateWithdrawn:
		return Withdrawn
	case c.State == StateSuspended:
		return Suspended
	case c.State != StateValid:
		return Ended
	}
	return ""
}

// Check is everything that decides a call under a stored document, in the order of the law's questions: whose document,
// for whom, for what, which fields, in term, not withdrawn, not used up.
func (c Consent) Check(a Asked, now time.Time) Reason {
	if r := c.Terms.Check(c.SID, a, now); r != "" {
		return r
	}
	if r := c.holds(); r != "" {
		return r
	}
	if c.Uses >= c.Terms.MaxUses {
		return UsedUp
	}
	return ""
}

// withdraw and end are the two ways out; a suspended document is withdrawn like any other.
func (c Consent) close(to State, reason string, now time.Time) (Consent, error) {
	switch c.State {
	case StateValid, StateSuspended:
		c.State, c.Reason, c.Closed = to, reason, now
		return c, nil
	case StateWithdrawn:
		return c, errs.New(errs.Conflict, "这份授权已经撤销, 无需再次办理")
	}
	return c, errs.New(errs.Conflict, "这份授权已经终止, 无需再次办理")
}

// May says whether the state lets an act happen: nil, or why not.
func (c Consent) May(name string, now time.Time) error {
	switch name {
	case ActErase:
		if s := c.Standing(now); s == string(StateValid) || s == string(StateSuspended) || s == "not_yet" {
			return errs.New(errs.Conflict, "授权仍然有效, 不能删除授权文件; 请在授权终止后再办理")
		}
		if !c.Erased.IsZero() {
			return errs.New(errs.Conflict, "授权文件已经删除, 无需再次办理")
		}
		return nil
	default:
		_, err := c.close(StateEnded, "", now)
		return err
	}
}

// Standing is the state a person or clerk sees: the stored one, or that its term is over or its uses are spent.
func (c Consent) Standing(now time.Time) string {
	today := workday.DateOf(now)
	switch {
	case c.State != StateValid && c.State != StateSuspended:
		return string(c.State)
	case today.After(c.Terms.Until):
		return "expired"
	case c.Uses >= c.Terms.MaxUses:
		return "used_up"
	case today.Before(c.Terms.From):
		return "not_yet"
	}
	return string(c.State)
}

// Refusal is why an act under a document is refused, with what a sentence needs to name. The zero Refusal is none.
type Refusal struct {
	Reason Reason
	Detail string
	Says   string // the sentence of a reason that another stage gives
}

// Sentence is the reason in words for a clerk.
func (r Refusal) Sentence() string {
	if r.Says != "" {
		return r.Says
	}
	s := sentences[r.Reason]
	if strings.Contains(s, "%s") {
		return fmt.Sprintf(s, r.Detail)
	}
	return s
}

// Err is the refusal as an error of its own, used where no rule of a regime refuses first: without consent no data leaves,
// whatever the law of the day says.
func (r Refusal) Err() error { return r.onto(&errs.Error{Code: errs.Unlawful}) }

// invalid is the refusal of a draft, which is nothing that law has to decide yet.
func (r Refusal) invalid() error { return r.onto(&errs.Error{Code: errs.Invalid}) }

// onto puts the reason and its sentence on a refusal, keeping the articles a regime cited.
func (r Refusal) onto(e *errs.Error) error {
	e.Msg = r.Sentence()
	where, _, _ := strings.Cut(string(r.Reason), ".")
	e.Spots = append(e.Spots, errs.Spot{Where: where, Code: string(r.Reason), Message: e.Msg})
	return e
}
