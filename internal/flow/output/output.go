package output

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
)

// States of a release.
const (
	Blocked   = "blocked"
	InReview  = "in_review"
	Approved  = "approved"
	Exported  = "exported"
	Refused   = "refused"
	Withdrawn = "withdrawn"
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
	Retention string    `json:"retention"`
	Digest    string    `json:"digest" doc:"SHA-256 of the exact file that may leave"`
	Checks    []Check   `json:"checks"`
	State     string    `json:"state"`
	Matter    string    `json:"matter,omitempty"`
	Exports   int       `json:"exports"`
	Opened    time.Time `json:"opened"`
}

// Ask is what the applicant fills in.
type Ask struct {
	Run       string `json:"run"`
	Purpose   string `json:"purpose" minLength:"4" maxLength:"2000" doc:"What the result is used for, within the scenario"`
	Recipient string `json:"recipient" minLength:"2" maxLength:"200" doc:"Who gets it, inside the applicant"`
	Retention string `json:"retention" minLength:"2" maxLength:"200" doc:"How long it is kept"`
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
	return len(checks) > 0 && !slices.ContainsFunc(checks, func(c Check) bool { return c.Outcome != Pass })
}

// open reports whether the release is under way or has left, so that its run needs no other.
func (r Release) open() bool {
	return r.State == InReview || r.State == Approved || r.State == Exported
}

// leaves refuses the export of what was not approved.
func (r Release) leaves() error {
	if r.State != Approved && r.State != Exported {
		return errs.New(errs.Conflict, "出域申请尚未批准, 不能导出; 请等待审核结果")
	}
	return nil
}
