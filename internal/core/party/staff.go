package party

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Acts on dedicated staff.
const (
	ActStaff       = "party.staff.file"
	ActStaffEnd    = "party.staff.end"
	ActAcknowledge = "party.staff.acknowledge"
)

// States of a staff filing.
const (
	StaffFiled        = "filed"
	StaffAcknowledged = "acknowledged"
	StaffEnded        = "ended"
)

// Staff (专人专岗) is who of a body answers for its public data, or for the security of what it uses.
type Staff struct {
	ID    string       `json:"id"`
	Org   string       `json:"org"`
	Duty  string       `json:"duty" enum:"public-data,data-security,data-opening"`
	Unit  string       `json:"unit" doc:"Unit in charge (科室、部门)"`
	Name  string       `json:"name"`
	Post  string       `json:"post"`
	From  workday.Date `json:"from"`
	State string       `json:"state" enum:"filed,acknowledged,ended"`
	Filed time.Time    `json:"filed"`
	Ended workday.Date `json:"ended,omitempty"`
}

func (p Staff) tab() tab { return tab{ID: p.ID, Org: p.Org, State: p.State} }

var staffing = shelf[Staff]{"staff-filing", "staff_filing", "没有这条专人备案, 请核对后重试"}

// StaffDraft names a person to be filed.
type StaffDraft struct {
	Duty string       `json:"duty" enum:"public-data,data-security,data-opening"`
	Unit string       `json:"unit" minLength:"2" maxLength:"120"`
	Name string       `json:"name" minLength:"2" maxLength:"60"`
	Post string       `json:"post" minLength:"2" maxLength:"120"`
	From workday.Date `json:"from"`
}

func (s *Service) defineStaff(acts *act.Runner) {
	acts.Define(
		act.Def{Name: ActStaff, Roles: members},
		act.Def{Name: ActStaffEnd, Roles: members},
		act.Def{Name: ActAcknowledge, Roles: []access.Role{access.Bureau}},
	)
	staffing.register(acts)
}

// FileStaff files who answers for public data in the actor's body (报备专人). 威海 第七条.
func (s *Service) FileStaff(ctx context.Context, d StaffDraft) (p Staff, err error) {
	p = Staff{Duty: d.Duty, Unit: strings.TrimSpace(d.Unit), Name: strings.TrimSpace(d.Name), Post: strings.TrimSpace(d.Post), From: d.From, State: StaffFiled}
	switch {
	case !slices.Contains([]string{"public-data", "data-security", "data-opening"}, p.Duty):
		return p, spotted("duty", "职责应为 public-data (公共数据管理)、data-security (数据安全) 或 data-opening (牵头数据开放)")
	case p.Unit == "" || p.Name == "" || p.Post == "":
		return p, spotted("unit", "请填写负责科室、姓名和岗位")
	case !p.From.Valid():
		return p, spotted("from", "请填写到岗之日, 写成 2006-01-02 的形式")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActStaff}, func(ctx context.Context, tx *act.Tx) error {
		p.ID, p.Org, p.Filed = tx.NewID("stf"), tx.Actor().Org, tx.Now()
		if err := tx.Judge(ctx, map[string]string{"org": p.Org}); err != nil {
			return err
		}
		return staffing.put(ctx, tx, p)
	})
	return p, err
}

// EndStaff records that a filed person left the post (离岗).
func (s *Service) EndStaff(ctx context.Context, id string, day workday.Date) (Staff, error) {
	return s.onStaff(ctx, ActStaffEnd, id, func(tx *act.Tx, p *Staff) error {
		switch {
		case p.Org != tx.Actor().Org:
			return errs.New(errs.NotFound, "%s", staffing.missing)
		case p.State == StaffEnded:
			return errs.New(errs.Conflict, "这条备案已经结束, 请刷新查看")
		case !day.Valid() || day.Before(p.From):
			return spotted("day", "离岗之日不能为空, 也不能早于到岗之日")
		}
		p.State, p.Ended = StaffEnded, day
		return nil
	})
}

// AcknowledgeStaff is the bureau's receipt of a filing (备案回执).
func (s *Service) AcknowledgeStaff(ctx context.Context, id string) (Staff, error) {
	return s.onStaff(ctx, ActAcknowledge, id, func(tx *act.Tx, p *Staff) error {
		if err := foreign(ctx, tx, p.Org); err != nil {
			return err
		}
		if p.State != StaffFiled {
			return errs.New(errs.Conflict, "这条备案不在待收的状态, 请刷新查看")
		}
		p.State = StaffAcknowledged
		return nil
	})
}

func (s *Service) onStaff(ctx context.Context, name, id string, change func(*act.Tx, *Staff) error) (p Staff, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if p, err = staffing.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := change(tx, &p); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": p.Org}); err != nil {
			return err
		}
		return staffing.put(ctx, tx, p)
	})
	return p, err
}

// StaffOf lists a body's filings, to it and to those who decide and supervise.
func (s *Service) StaffOf(ctx context.Context, orgID string) (list []Staff, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		list, err = staffing.of(ctx, tx, orgID)
		return err
	})
	return list, err
}

// UnacknowledgedStaff lists the filings that wait for the bureau.
func (s *Service) UnacknowledgedStaff(ctx context.Context, before string, limit int) (list []Staff, err error) {
	if !access.From(ctx).Overseer() {
		return nil, errs.New(errs.Forbidden, "待收的备案由数据主管部门查看")
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = staffing.page(ctx, tx, StaffFiled, before, limit)
		return err
	})
	return list, err
}

// serving reports whether a body has somebody filed for a duty now.
func serving(ctx context.Context, tx *sqldb.Tx, org, duty string) (bool, error) {
	list, err := staffing.of(ctx, tx, org)
	return slices.ContainsFunc(list, func(p Staff) bool { return p.Duty == duty && p.State != StaffEnded }), err
}
