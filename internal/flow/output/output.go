package output

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/query/release"
)

// States of a release.
const (
	Draft     = "draft"
	Cancelled = "cancelled" // a draft that was given up
	Failed    = "failed"    // the checks could not be made
	Blocked   = "blocked"
	InReview  = "in_review"
	Approved  = "approved"
	Exported  = "exported"
	Refused   = "refused"
	Withdrawn = "withdrawn" // by the applicant, before the decision
	Recalled  = "recalled"  // 已撤回: by the bureau, after the decision; nothing leaves any more
)

// KindRelease is the matter that decides on a release (结果出域检查).
const KindRelease = "output.release"

// Release (出域申请) asks for one result to leave, for one purpose, to one recipient.
type Release struct {
	ID        string    `json:"id"`
	Org       string    `json:"org"`
	Run       string    `json:"run"`
	Scenario  string    `json:"scenario"`
	Title     string    `json:"title"`
	Purpose   string    `json:"purpose"`
	Recipient string    `json:"recipient"`
	Trains    string    `json:"trains,omitempty" doc:"供模型训练与验证: the model it is declared for"`
	Retention string    `json:"retention"`
	Digest    string    `json:"digest" doc:"SHA-256 of the exact file that may leave"`
	Checks    []Check   `json:"checks"`
	State     string    `json:"state"`
	Matter    string    `json:"matter,omitempty"`
	Exports   int       `json:"exports"`
	Opened    time.Time `json:"opened"`

	Mode      string     `json:"mode,omitempty" enum:"exact" doc:"exact: official statistics under a permit"`
	Code      string     `json:"code,omitempty" doc:"Exact mode: all that the applicant learns of a check that blocks"`
	Struck    []int      `json:"struck,omitempty" doc:"Cells that a reviewer hid"`
	Overrides []Override `json:"overrides,omitempty" doc:"Who passed a warning, and why"`
	Recall    *Recall    `json:"recall,omitempty"`
}

// Override is one person's word that a warning does not stand in the way.
type Override struct {
	Check   int       `json:"check"`
	Account string    `json:"account"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

// Recall (撤回) is why something that was approved may leave no more, and what becomes of what has left.
type Recall struct {
	Account string    `json:"account"`
	Reason  string    `json:"reason"`
	Left    int       `json:"left" doc:"How often it had been exported: its holder must destroy those copies"`
	At      time.Time `json:"at"`
}

// Ask is what the applicant fills in.
type Ask struct {
	Run       string `json:"run"`
	Purpose   string `json:"purpose" minLength:"4" maxLength:"2000" doc:"What the result is used for, within the scenario"`
	Recipient string `json:"recipient" minLength:"2" maxLength:"200" doc:"Who gets it, inside the applicant"`
	Retention string `json:"retention" minLength:"2" maxLength:"200" doc:"How long it is kept"`
	Trains    string `json:"trains,omitempty" maxLength:"120" doc:"The model it is to train or verify (供模型训练与验证), as its assessment names it; empty where it serves none"`
}

func (a Ask) check() error {
	e := errs.New(errs.Invalid, "出域申请填写不完整, 请按所列各处补充")
	for _, f := range []struct{ where, text string }{{"body.purpose", a.Purpose}, {"body.recipient", a.Recipient}, {"body.retention", a.Retention}} {
		if strings.TrimSpace(f.text) == "" {
			e.Spots = append(e.Spots, errs.Spot{Where: f.where, Message: "不能为空"})
		}
	}
	if len(e.Spots) > 0 {
		return e
	}
	return nil
}

// Outcome of a check.
type Outcome string

const (
	Pass  Outcome = "pass"
	Warn  Outcome = "warn" // passes when two people say why
	Block Outcome = "block"
)

// Check is one automatic check with what it looked at. Its number is its place in the ordered list of checks.
type Check struct {
	No      int      `json:"no"`
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Outcome Outcome  `json:"outcome"`
	Detail  string   `json:"detail" doc:"What was found, with numbers"`
	Source  string   `json:"source" doc:"Where the check comes from"`
	Places  []string `json:"places,omitempty" doc:"Cells it is about"`
}

// passed reports whether the checks were made and none blocks.
func passed(checks []Check) bool {
	return len(checks) > 0 && !slices.ContainsFunc(checks, func(c Check) bool { return c.Outcome == Block })
}

// refusalCode is what the applicant of an exact release learns of the check that blocked it: no number, no place.
func refusalCode(checks []Check) string {
	last := checks[len(checks)-1]
	switch last.No {
	case 12:
		return "L103"
	case 13:
		return "L104"
	}
	return fmt.Sprintf("E%d", 100+last.No)
}

// unheeded lists the warnings that fewer than people have passed, each person counted once.
func (r Release) unheeded(people int64) []int {
	var out []int
	for _, c := range r.Checks {
		who := map[string]bool{}
		for _, o := range r.Overrides {
			if o.Check == c.No {
				who[o.Account] = true
			}
		}
		if c.Outcome == Warn && int64(len(who)) < people {
			out = append(out, c.No)
		}
	}
	return out
}

// forApplicant is the release as its applicant may see it: of an exact one a code in place of the checks, because each of them
// is an answer about the data; of no one the file's digest before it may leave.
func (r Release) forApplicant() Release {
	if r.Mode == release.ExactMode {
		r.Checks, r.Struck, r.Overrides = nil, nil, nil
	}
	if r.State != Approved && r.State != Exported {
		r.Digest = "" // few tables are possible, so the digest of one gives it away before anybody has reviewed it
	}
	return r
}

// open reports whether the release is under way or has left, so that its run needs no other.
func (r Release) open() bool {
	return r.State == InReview || r.State == Approved || r.State == Exported
}

// leaves refuses the export of what was not approved.
func (r Release) leaves() error {
	if r.State == Recalled {
		return errs.New(errs.Conflict, "这件结果已被撤回 (%s), 不能再导出; 已经导出的须销毁", r.Recall.Reason)
	}
	if r.State != Approved && r.State != Exported {
		return errs.New(errs.Conflict, "出域申请尚未批准, 不能导出; 请等待审核结果")
	}
	return nil
}
