package watch

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
)

// DutyKind is a report that is due again and again. A duty exists only where a pack sets the value of its name: report.annual,
// report.use…
type DutyKind string

const (
	Annual   DutyKind = "annual"   // 年度报告
	Use      DutyKind = "use"      // 数据利用情况报告
	Security DutyKind = "security" // 运营安全情况报告
	Results  DutyKind = "results"  // 开发利用成效情况和统计数据
)

var dutyKinds = []DutyKind{Annual, Use, Security, Results}

// Duty states, as they stand on a day.
const (
	DutyComing   = "coming"   // its period is over or nearly so, and it is not yet time to remind
	DutyDue      = "due"      // the party was or is to be reminded
	DutyOverdue  = "overdue"  // 逾期未报
	DutyFiled    = "filed"    // 已报送
	DutyReturned = "returned" // 退回重报
	DutyAccepted = "accepted" // 已审阅
)

// Duty (报告义务) is one report that an organization owes under one permit for one period. It is computed from the permits in force
// and the law of the day, so that a changed law or a new grant needs nobody to write down who owes what.
type Duty struct {
	Org     string       `json:"org"`
	Permit  string       `json:"permit"`
	Subject string       `json:"subject" doc:"Kind of the permit: grant, authorization"`
	Object  string       `json:"object" doc:"What the permit is for, such as the scenario"`
	Kind    DutyKind     `json:"kind" enum:"annual,use,security,results"`
	From    workday.Date `json:"from"`
	Until   workday.Date `json:"until" doc:"First day after the period"`
	Due     workday.Date `json:"due"`
	Explain string       `json:"explain" doc:"How the day was counted, with its article"`
	To      access.Role  `json:"to" doc:"The body that reviews it"`
	State   string       `json:"state" enum:"coming,due,overdue,filed,returned,accepted"`
	Report  string       `json:"report,omitempty" doc:"The report that was filed"`
}

// Figures (统计数据) are what a party says of a period, and what the platform metered. They are compared, not believed.
type Figures struct {
	Calls   int64 `json:"calls" minimum:"0" doc:"实时查询次数"`
	Runs    int64 `json:"runs" minimum:"0" doc:"加工任务次数"`
	Exports int64 `json:"exports" minimum:"0" doc:"出域结果件数"`
}

// DutyReport (报告) is one report as it was filed for a duty.
type DutyReport struct {
	ID        string            `json:"id"`
	Org       string            `json:"org"`
	Permit    string            `json:"permit"`
	Kind      DutyKind          `json:"kind"`
	From      workday.Date      `json:"from"`
	Until     workday.Date      `json:"until"`
	Due       workday.Date      `json:"due"`
	Explain   string            `json:"explain"`
	To        access.Role       `json:"to"`
	Text      string            `json:"text,omitempty"`
	Documents []matter.Document `json:"documents,omitempty"`
	Stated    *Figures          `json:"stated,omitempty"`
	Metered   *Figures          `json:"metered,omitempty"`
	FiledOn   workday.Date      `json:"filed_on,omitempty"`
	Late      bool              `json:"late" doc:"Filed or still not filed after the day; it stays on record"`
	Rounds    int               `json:"rounds" doc:"How often it was filed"`
	Reminded  workday.Date      `json:"reminded,omitempty"`
	State     string            `json:"state" enum:"due,overdue,filed,returned,accepted"`
	Opinion   string            `json:"opinion,omitempty"`
	Reviewed  *time.Time        `json:"reviewed,omitempty"`
	Opened    time.Time         `json:"opened"`
}

// Differs reports whether what was stated contradicts what was metered.
func (f DutyReport) Differs() bool {
	return f.Stated != nil && f.Metered != nil && *f.Stated != *f.Metered
}

// Statement is what a party files.
type Statement struct {
	Text      string            `json:"text" minLength:"2" maxLength:"20000"`
	Documents []matter.Document `json:"documents,omitempty" maxItems:"20"`
	Stated    *Figures          `json:"figures,omitempty" doc:"Use in the period, as the party counts it"`
}

// file takes a statement. A late one is taken and marked: refusing it would leave the file without.
func (f DutyReport) file(st Statement, metered Figures, day workday.Date) (DutyReport, error) {
	switch {
	case strings.TrimSpace(st.Text) == "":
		return f, errs.New(errs.Invalid, "请填写报告内容后再提交")
	case f.State == DutyFiled:
		return f, errs.New(errs.Conflict, "这一期报告已经报送, 请等待审阅")
	case f.State == DutyAccepted:
		return f, errs.New(errs.Conflict, "这一期报告已经审阅, 不需要再报")
	}
	f.Text, f.Documents, f.Stated, f.Metered = strings.TrimSpace(st.Text), st.Documents, st.Stated, &metered
	f.FiledOn, f.State, f.Opinion, f.Reviewed = day, DutyFiled, "", nil
	f.Late = f.Late || day.After(f.Due)
	f.Rounds++
	return f, nil
}

// review acknowledges a report or sends it back with a reason.
func (f DutyReport) review(accept bool, opinion string, now time.Time) (DutyReport, error) {
	opinion = strings.TrimSpace(opinion)
	switch {
	case f.State != DutyFiled:
		return f, errs.New(errs.Conflict, "没有待审阅的报告, 请刷新查看")
	case !accept && opinion == "":
		return f, errs.New(errs.Invalid, "退回报告须写明理由, 请补充后再提交")
	}
	f.State, f.Opinion, f.Reviewed = DutyReturned, opinion, &now
	if accept {
		f.State = DutyAccepted
	}
	return f, nil
}

// periods cuts a term into periods of n months that are over before a day, the last one being the one whose end is next. The
// operating year begins with the term; a calendar one with January, the half-year or the quarter it lies in.
func periods(from, until, today workday.Date, n int, calendar bool) [][2]workday.Date {
	if n <= 0 {
		return nil
	}
	start := from
	if calendar {
		start = workday.Date(from.String()[:4] + "-01-01")
		for next := start.AddMonths(n); !next.After(from); next = start.AddMonths(n) {
			start = next
		}
	}
	var out [][2]workday.Date
	for i := 0; i < 240; i++ {
		a, b := start.AddMonths(n*i), start.AddMonths(n*(i+1))
		if !a.Before(until) || a.After(today) {
			break
		}
		out = append(out, [2]workday.Date{max(a, from), min(b, until)})
	}
	return out
}

// standing is the state of a duty on a day: that of what was filed, else what the days say.
func standing(f *DutyReport, due, remind, today workday.Date) string {
	switch {
	case f != nil && (f.State == DutyFiled || f.State == DutyAccepted):
		return f.State
	case today.After(due):
		return DutyOverdue
	case f != nil && f.State == DutyReturned:
		return DutyReturned
	case !today.Before(remind):
		return DutyDue
	}
	return DutyComing
}

// roles reads a list of role slugs.
func roles(text string, otherwise access.Role) []access.Role {
	var out []access.Role
	for r := range strings.SplitSeq(text, ",") {
		if r = strings.TrimSpace(r); r != "" && !slices.Contains(out, access.Role(r)) {
			out = append(out, access.Role(r))
		}
	}
	if len(out) == 0 {
		out = []access.Role{otherwise}
	}
	return out
}
