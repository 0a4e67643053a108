package standard

import (
	"context"
	"fmt"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
)

// Acts of this package.
const (
	ActLoad  = "standard.load"
	ActCheck = "standard.check"
)

// readers may see standards and reports.
var readers = []access.Role{access.Bureau, access.Auditor, access.Regulator}

// Service does the acts of standards.
type Service struct {
	acts    *act.Runner
	notices *notice.Service
	catalog *catalog.Service
}

// New makes the service and makes its acts, facts and ledger kinds known.
func New(acts *act.Runner, notices *notice.Service, c *catalog.Service) *Service {
	acts.Define(
		act.Def{Name: ActLoad, Roles: []access.Role{access.Bureau}},
		act.Def{Name: ActCheck, Roles: []access.Role{access.Bureau}},
	)
	acts.Ledger().Register("standard", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadStandard(ctx, tx, id) })
	acts.Ledger().Register("conformity", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadReport(ctx, tx, id) })
	for name, kind := range map[string]regime.Type{"interface.version": regime.String, "interface.operations": regime.StringList,
		"interface.public_operations": regime.StringList, "interface.page_limit": regime.Int} {
		acts.Law().RegisterFact(regime.Fact{Name: name, Type: kind})
	}
	return &Service{acts: acts, notices: notices, catalog: c}
}

// Load publishes a version of a standard with its checks. A file with faults is refused with each of them, by line.
func (s *Service) Load(ctx context.Context, text string) (Standard, error) {
	call := act.Call{Act: ActLoad}
	if err := s.acts.Admit(ctx, call); err != nil {
		return Standard{}, err
	}
	spec, problems := s.acts.Law().ReadStandard([]byte(text))
	if len(problems) > 0 {
		e := errs.New(errs.Invalid, "标准文件有 %d 处需要改正, 请按所列各处修改后重新发布", len(problems))
		for _, p := range problems {
			m := p.Message
			if p.Hint != "" {
				m += "; " + p.Hint
			}
			e.Spots = append(e.Spots, errs.Spot{Where: fmt.Sprintf("第 %d 行", p.Line), Message: m})
		}
		return Standard{}, e
	}
	var out Standard
	_, err := s.acts.Do(ctx, call, func(ctx context.Context, tx *act.Tx) error {
		n, err := s.notices.PublishTx(ctx, tx, notice.Notice{Kind: notice.Rules, Title: title(spec), Text: words(spec), Document: spec.Number,
			Edition: &notice.Edition{Series: spec.ID, From: spec.From}})
		if err != nil {
			return err
		}
		out = Standard{ID: tx.NewID("std"), Series: spec.ID, Version: n.Edition.Version, Notice: n.ID, Title: spec.Title, Number: spec.Number, Edition: spec.Edition,
			From: spec.From, Source: spec.Source, Sample: spec.Sample, Checks: spec.Checks, Account: tx.Actor().Account, Loaded: tx.Now()}
		if err := saveStandard(ctx, tx.Tx, out); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"standard": out.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "standard", out.ID, out)
	})
	return out, err
}

func title(s regime.StandardSpec) string {
	t := s.Title + " (" + s.Edition + ")"
	if s.Sample {
		t = "【样例】" + t
	}
	return t
}

// words are the checks as everybody may read them.
func words(s regime.StandardSpec) string {
	var out strings.Builder
	fmt.Fprintf(&out, "文本来源: %s\n", s.Source)
	if s.Sample {
		out.WriteString("本版本为样例, 不是标准原文, 待确认。\n")
	}
	for _, c := range s.Checks {
		fmt.Fprintf(&out, "%s %s\n", c.Clause, c.Title)
	}
	return out.String()
}

// Check holds the catalog of the bureau's area and the interface against a version and keeps the report.
func (s *Service) Check(ctx context.Context, id string, offered Interface) (Report, error) {
	var r Report
	call := act.Call{Act: ActCheck}
	if err := s.acts.Admit(ctx, call); err != nil {
		return r, err
	}
	var std Standard // never changes once it is loaded
	if err := s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		std, err = loadStandard(ctx, tx, id)
		return err
	}); err != nil {
		return r, err
	}
	ready, err := s.acts.Law().Ready(std.spec())
	if err != nil {
		return r, err
	}
	_, err = s.acts.Do(ctx, call, func(ctx context.Context, tx *act.Tx) error {
		standing, err := standingOf(ctx, tx.Tx, std, tx.Day())
		if err != nil {
			return err
		}
		if standing == Revoked {
			return errs.New(errs.Conflict, "这个版本已经撤销, 不能对照检查; 请选择其他版本")
		}
		r = Report{ID: tx.NewID("cfr"), Standard: std.ID, Series: std.Series, Version: std.Version, Title: std.Title, Number: std.Number, Edition: std.Edition,
			Sample: std.Sample, InForce: standing == InForce, Day: tx.Day(), Area: tx.Actor().Area, Checks: len(std.Checks), Account: tx.Actor().Account, At: tx.Now(),
			Deviations: []Deviation{}, Resolved: []Deviation{}}
		looked, err := s.look(ctx, tx, ready, offered, &r)
		if err != nil {
			return err
		}
		former, err := formerReport(ctx, tx.Tx, r)
		if err == nil {
			r.compare(former, looked)
		} else if !errs.Is(err, errs.NotFound) {
			return err
		}
		if err := insertReport(ctx, tx.Tx, r); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"standard": std.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "conformity", r.ID, r)
	})
	return r, err
}

// look finds the deviations; looked names what was looked at, the interface as "".
func (s *Service) look(ctx context.Context, tx *act.Tx, ready regime.Tested, offered Interface, r *Report) (looked map[string]bool, err error) {
	entries, err := s.catalog.Published(ctx, tx.Tx, r.Area)
	if err != nil {
		return nil, err
	}
	looked = map[string]bool{"": true}
	holders := map[string]bool{}
	for _, e := range entries {
		looked[e.ID], holders[e.Holder] = true, true
		unmet, err := ready.Against(ctx, "entry", r.Day, e.Facts())
		if err != nil {
			return nil, err
		}
		r.add(unmet, e)
	}
	unmet, err := ready.Against(ctx, "interface", r.Day, offered.facts())
	r.add(unmet, catalog.Entry{})
	r.Entries, r.Holders = len(entries), len(holders)
	return looked, err
}

// Standing of a version.
const (
	InForce    = "in-force"
	Coming     = "coming"
	Superseded = "superseded"
	Revoked    = "revoked"
)

func standingOf(ctx context.Context, tx *sqldb.Tx, s Standard, day workday.Date) (string, error) {
	n, err := notice.Load(ctx, tx, s.Notice)
	switch {
	case err != nil:
		return "", err
	case !n.Revoked.IsZero():
		return Revoked, nil
	case s.From > day:
		return Coming, nil
	}
	now, found, err := notice.InForce(ctx, tx, notice.Rules, s.Series, n.Area, day)
	if err != nil || found && now.ID == s.Notice {
		return InForce, err
	}
	return Superseded, nil
}

// Listed is a version with its standing and what the caller may do.
type Listed struct {
	Standard
	Standing string       `json:"standing" enum:"in-force,coming,superseded,revoked"`
	Acts     []act.Option `json:"acts"`
}

// Standards lists the loaded versions, newest first.
func (s *Service) Standards(ctx context.Context, before string, limit int) (out []Listed, err error) {
	err = s.read(ctx, func(tx *sqldb.Tx) error {
		list, err := standards(ctx, tx, before, limit)
		if err != nil {
			return err
		}
		for _, std := range list {
			standing, err := standingOf(ctx, tx, std, workday.DateOf(tx.Now()))
			if err != nil {
				return err
			}
			var state error
			if standing == Revoked {
				state = errs.New(errs.Conflict, "这个版本已经撤销, 不能对照检查; 请选择其他版本")
			}
			o, err := s.acts.Option(ctx, tx, ActCheck, state, map[string]string{"standard": std.ID})
			if err != nil {
				return err
			}
			out = append(out, Listed{Standard: std, Standing: standing, Acts: []act.Option{o}})
		}
		return nil
	})
	return out, err
}

// Reports lists the reports of the caller's area, newest first.
func (s *Service) Reports(ctx context.Context, before string, limit int) (list []Report, err error) {
	err = s.read(ctx, func(tx *sqldb.Tx) error {
		list, err = reports(ctx, tx, access.From(ctx).Area, before, limit)
		return err
	})
	return list, err
}

// Report is one report; it does not exist for whoever may not read it.
func (s *Service) Report(ctx context.Context, id string) (r Report, err error) {
	err = s.read(ctx, func(tx *sqldb.Tx) error {
		r, err = loadReport(ctx, tx, id)
		if err == nil && !access.From(ctx).Area.Covers(r.Area) {
			err = noReport()
		}
		return err
	})
	return r, err
}

func (s *Service) read(ctx context.Context, fn func(tx *sqldb.Tx) error) error {
	if !access.From(ctx).Has(readers...) {
		return errs.New(errs.Forbidden, "符合性报告由数据主管部门、审计和监督部门查看, 请联系数据主管部门")
	}
	return s.acts.View(ctx, fn)
}
