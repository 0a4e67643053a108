package watch

import (
	"context"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
	"yunei/internal/flow/grant"
)

// The law of one duty: how often, on which permits, by whom, to whom, until when.
type dutyLaw struct {
	kind     DutyKind
	cycle    regime.Value
	on       []string
	by       []access.Role
	to       access.Role
	calendar bool
	within   regime.Value
	remind   int
}

// dutyLaws reads which reports the law of a day asks for. A pack that sets no cycle asks for none.
func dutyLaws(law *regime.Law, day workday.Date) ([]dutyLaw, error) {
	var out []dutyLaw
	for _, k := range dutyKinds {
		name := "report." + string(k)
		text := func(part, otherwise string) (string, error) {
			v, err := optional(law, name+"."+part, day)
			if err != nil || v.Text == "" {
				return otherwise, err
			}
			return v.Text, nil
		}
		d := dutyLaw{kind: k}
		var err error
		if d.cycle, err = optional(law, name, day); err != nil {
			return nil, err
		}
		if months(d.cycle) == 0 {
			continue
		}
		on, err := text("on", grant.PermitGrant)
		if err != nil {
			return nil, err
		}
		d.on = strings.Split(strings.ReplaceAll(on, " ", ""), ",")
		by, err := text("by", string(access.DataUser))
		if err != nil {
			return nil, err
		}
		d.by = roles(by, access.DataUser)
		to, err := text("to", string(access.Bureau))
		if err != nil {
			return nil, err
		}
		d.to = roles(to, access.Bureau)[0]
		period, err := text("period", "term")
		if err != nil {
			return nil, err
		}
		d.calendar = period == "calendar"
		if d.within, err = optional(law, name+".within", day); err == nil && d.within.Int == 0 {
			d.within, err = optional(law, "report.within", day)
		}
		if err != nil {
			return nil, err
		}
		remind, err := optional(law, "report.remind", day)
		if err != nil {
			return nil, err
		}
		d.remind = int(remind.Int)
		out = append(out, d)
	}
	return out, nil
}

// duties are what an organization, or ("") everyone, owes on a day, permit by permit.
func duties(ctx context.Context, tx *sqldb.Tx, law *regime.Law, org string, today workday.Date) ([]Duty, error) {
	laws, err := dutyLaws(law, today)
	if err != nil || len(laws) == 0 {
		return nil, err
	}
	owners := map[string][]access.Role{}
	var out []Duty
	for _, l := range laws {
		for _, kind := range l.on {
			permits, err := permitsOwing(ctx, tx, org, kind, today)
			if err != nil {
				return nil, err
			}
			for _, p := range permits {
				if _, known := owners[p.Holder]; !known {
					o, err := party.Load(ctx, tx, p.Holder)
					if err != nil {
						return nil, err
					}
					owners[p.Holder] = o.Roles
				}
				if !(access.Actor{Roles: owners[p.Holder]}).Has(l.by...) {
					continue
				}
				list, err := l.of(ctx, tx, law, p, today)
				if err != nil {
					return nil, err
				}
				out = append(out, list...)
			}
		}
	}
	return out, nil
}

// of are the duties under one permit.
func (l dutyLaw) of(ctx context.Context, tx *sqldb.Tx, law *regime.Law, p access.Permit, today workday.Date) ([]Duty, error) {
	filed, err := filingsOf(ctx, tx, p.ID, l.kind)
	if err != nil {
		return nil, err
	}
	var out []Duty
	for _, t := range periods(p.From, p.Until, today, months(l.cycle), l.calendar) {
		end := t[1]
		d := Duty{Org: p.Holder, Permit: p.ID, Subject: p.Kind, Object: p.Object, Kind: l.kind, From: t[0], Until: end, To: l.to}
		last := end.AddDays(-1) // the period's last day: a term counts from it, not from the day after
		d.Due, d.Explain = last, "报告期最后一日"
		if l.within.Int > 0 {
			due := count(law, l.within, last)
			d.Due, d.Explain = due.Due, due.Explain
		}
		d.Explain = "报告期 " + d.From.String() + " 至 " + last.String() + ", " + d.Explain + "; 报告周期依据 《" + l.cycle.Cite.Law + "》" + l.cycle.Cite.Article
		f, ok := filed[d.From]
		d.State = standing(nil, d.Due, remindOn(law, d.Due, l.remind), today)
		if ok {
			d.Report, d.State = f.ID, standing(&f, d.Due, remindOn(law, d.Due, l.remind), today)
		}
		out = append(out, d)
	}
	return out, nil
}

// remindOn is the day n working days before another.
func remindOn(law *regime.Law, due workday.Date, n int) workday.Date {
	day, _ := law.Calendar().Add(due, -n)
	return day
}

// Duties lists what an organization owes, or, for those who supervise, everyone; newest period first.
func (s *Service) Duties(ctx context.Context, org string) (list []Duty, err error) {
	org, ok := within(access.From(ctx), org)
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = duties(ctx, tx, s.Acts.Law(), org, workday.DateOf(tx.Now()))
		return err
	})
	return list, err
}

// Due names one duty: the permit, the report, the first day of the period.
type Due struct {
	Permit string       `json:"permit"`
	Kind   DutyKind     `json:"kind" enum:"annual,use,security,results"`
	From   workday.Date `json:"from"`
}

// FileReport files a report (报送). The platform's own count of the period is put beside what the party says.
func (s *Service) FileReport(ctx context.Context, due Due, st Statement) (DutyReport, error) {
	var f DutyReport
	_, err := s.Acts.Do(ctx, act.Call{Act: ActFile}, func(ctx context.Context, tx *act.Tx) error {
		d, err := s.duty(ctx, tx, tx.Actor().Org, due)
		if err != nil {
			return err
		}
		was, fresh, err := filingOf(ctx, tx.Tx, d)
		if err != nil {
			return err
		}
		if fresh {
			was = d.filing(tx.NewID("rpt"), tx.Now())
		}
		metered, err := meter(ctx, tx.Tx, d)
		if err != nil {
			return err
		}
		if f, err = was.file(st, metered, tx.Day()); err != nil {
			return err
		}
		if err := s.saveFiling(ctx, tx, f, fresh); err != nil {
			return err
		}
		if err := notice.Settle(ctx, tx, f.ID, notice.ReportDue, notice.ReportOverdue); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": f.Org, "report": f.ID})
	})
	return f, err
}

// duty finds what is owed; another's is answered like one that nobody owes.
func (s *Service) duty(ctx context.Context, tx *act.Tx, org string, due Due) (Duty, error) {
	if org == "" {
		return Duty{}, errs.New(errs.NotFound, "没有这项报告义务, 请从待报列表中选择")
	}
	list, err := duties(ctx, tx.Tx, tx.Law(), org, tx.Day())
	if err != nil {
		return Duty{}, err
	}
	for _, d := range list {
		if d.Permit == due.Permit && d.Kind == due.Kind && d.From == due.From {
			if d.Until.After(tx.Day()) {
				return d, errs.New(errs.Conflict, "这一期到 %s 才结束, 请在结束之后报送", d.Until.AddDays(-1))
			}
			return d, nil
		}
	}
	return Duty{}, errs.New(errs.NotFound, "没有这项报告义务, 请从待报列表中选择")
}

func (s *Service) saveFiling(ctx context.Context, tx *act.Tx, f DutyReport, fresh bool) error {
	store := saveFiling
	if fresh {
		store = insertFiling
	}
	if err := store(ctx, tx.Tx, f); err != nil {
		return err
	}
	return tx.Changed(ctx, "report", f.ID, f)
}

// ReviewReport acknowledges a report (审阅), or sends it back with a reason.
func (s *Service) ReviewReport(ctx context.Context, id string, accept bool, opinion string) (DutyReport, error) {
	var f DutyReport
	_, err := s.Acts.Do(ctx, act.Call{Act: ActReview}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadFiling(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		switch {
		case was.Org == tx.Actor().Org:
			return errs.New(errs.Forbidden, "不能审阅本单位的报告, 请由其他单位的人员办理")
		case !tx.Actor().Has(was.To, access.Bureau):
			return errs.New(errs.Forbidden, "这份报告由%s审阅, 请转由他们办理", tx.Law().Role(string(was.To)))
		}
		if f, err = was.review(accept, opinion, tx.Now()); err != nil {
			return err
		}
		if err := s.saveFiling(ctx, tx, f, false); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": f.Org, "report": f.ID})
	})
	return f, err
}

// remind is the platform's: it tells the party that a report is due, and puts on record that one is overdue.
func (s *Service) remind(ctx context.Context, d Duty) error {
	_, err := s.Acts.Do(ctx, act.Call{Act: ActRemind}, func(ctx context.Context, tx *act.Tx) error {
		f, fresh, err := filingOf(ctx, tx.Tx, d)
		if err != nil {
			return err
		}
		if fresh {
			f = d.filing(tx.NewID("rpt"), tx.Now())
		}
		if f.State == d.State || f.State == DutyFiled || f.State == DutyAccepted {
			return errs.New(errs.Conflict, "已经提醒, 无需再次提醒")
		}
		f.State, f.Reminded = d.State, tx.Day()
		f.Late = f.Late || d.State == DutyOverdue
		if err := s.saveFiling(ctx, tx, f, fresh); err != nil {
			return err
		}
		if err := tellDuty(ctx, tx, f); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": f.Org, "report": f.ID})
	})
	return err
}

// tellDuty tells whoever owes a report; once it is overdue, those to whom it is owed as well.
func tellDuty(ctx context.Context, tx *act.Tx, f DutyReport) error {
	m := notice.Message{Kind: notice.ReportDue, ObjectKind: "report", Object: f.ID, Due: f.Due,
		Params: map[string]string{"kind": string(f.Kind), "from": f.From.String(), "until": f.Until.AddDays(-1).String(), "due": f.Due.String(), "org": f.Org},
		Mark:   "report:" + f.ID + ":" + string(f.State)}
	if f.State == DutyDue {
		return notice.Send(ctx, tx, m, access.WholeOrg(f.Org))
	}
	if err := notice.Settle(ctx, tx, f.ID, notice.ReportDue); err != nil {
		return err
	}
	m.Kind = notice.ReportOverdue
	if err := notice.Send(ctx, tx, m, access.WholeOrg(f.Org)); err != nil {
		return err
	}
	m.Due = ""
	return notice.Send(ctx, tx, m, access.RoleAddress(f.To))
}

// filing begins the record of a duty.
func (d Duty) filing(id string, now time.Time) DutyReport {
	return DutyReport{ID: id, Org: d.Org, Permit: d.Permit, Kind: d.Kind, From: d.From, Until: d.Until, Due: d.Due, Explain: d.Explain, To: d.To, Opened: now}
}

// Filings lists what was filed, newest first: one's own, or everyone's for those who supervise.
func (s *Service) Filings(ctx context.Context, org, before string, limit int) (list []DutyReport, err error) {
	org, ok := within(access.From(ctx), org)
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listFilings(ctx, tx, org, before, limit)
		return err
	})
	return list, err
}

// DutyReportPage is a report with what the caller may do about it.
type DutyReportPage struct {
	DutyReport DutyReport   `json:"report"`
	Differs    bool         `json:"differs" doc:"What was stated contradicts what the platform metered"`
	Acts       []act.Option `json:"acts"`
}

// DutyReport is one report as the caller may see it.
func (s *Service) DutyReport(ctx context.Context, id string) (p DutyReportPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		f, err := loadFiling(ctx, tx, id)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		if ok, err := oversees(ctx, tx, actor, f.Org); err != nil || !ok && (actor.Org == "" || actor.Org != f.Org) && !actor.Has(f.To) {
			return errs.Or(err, errs.New(errs.NotFound, noReport))
		}
		p = DutyReportPage{DutyReport: f, Differs: f.Differs(), Acts: []act.Option{}}
		if actor.Org == f.Org {
			return nil
		}
		_, state := f.review(true, "", tx.Now())
		if state == nil && !actor.Has(f.To, access.Bureau) {
			state = errs.New(errs.Forbidden, "这份报告由%s审阅", s.Acts.Law().Role(string(f.To)))
		}
		o, err := s.Acts.Option(ctx, tx, ActReview, state, map[string]string{"org": f.Org, "report": f.ID})
		p.Acts = append(p.Acts, o)
		return err
	})
	return p, err
}
