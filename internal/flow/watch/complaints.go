package watch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
)

// Values a pack sets for complaints: complaint.route.<role of the accused> names who may receive one.
const (
	valueComplaint = "complaint.within"
	valueRoute     = "complaint.route."
)

// Complain files a complaint (投诉). Whoever is signed in may.
func (s *Service) Complain(ctx context.Context, g Grievance) (Complaint, error) {
	var c Complaint
	_, err := s.Acts.Do(ctx, act.Call{Act: ActComplain}, func(ctx context.Context, tx *act.Tx) error {
		accused, err := party.Load(ctx, tx.Tx, g.Accused)
		if err != nil {
			return err
		}
		if accused.ID == tx.Actor().Org {
			return errs.New(errs.Conflict, "不能投诉本单位, 请在单位内部处理")
		}
		if strings.TrimSpace(g.Text) == "" {
			return errs.New(errs.Invalid, "请写明投诉的事实后再提交")
		}
		role, err := capacity(accused, g.Role)
		if err != nil {
			return err
		}
		to, err := s.route(tx, role, g.To)
		if err != nil {
			return err
		}
		number, err := nextComplaint(ctx, tx.Tx, tx.Day().Year())
		if err != nil {
			return err
		}
		c = Complaint{ID: tx.NewID("cpl"), Number: number, Org: tx.Actor().Org, Account: tx.Actor().Account, Accused: accused.ID, Role: role, Topic: g.Topic,
			Text: strings.TrimSpace(g.Text), Evidence: g.Evidence, To: to, State: ComplaintFiled, Opened: tx.Now()}
		d, err := deadline(tx.Law(), valueComplaint, tx.Day())
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		c.Due, c.Explain = d.Due, d.Explain
		if err := insertComplaint(ctx, tx.Tx, c); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": c.Accused, "complaint": c.ID}); err != nil {
			return err
		}
		// Nobody is told who complained about whom; an operator learns nothing of a complaint about itself.
		if err := notice.Send(ctx, tx, notice.Message{Kind: notice.ComplaintFiled, ObjectKind: "complaint", Object: c.ID, Due: c.Due,
			Params: map[string]string{"number": c.Number}}, access.RoleAddress(c.To)); err != nil {
			return err
		}
		return tx.Changed(ctx, "complaint", c.ID, c)
	})
	return c, err
}

// capacity is the role in which a body is complained about.
func capacity(o party.Organization, role access.Role) (access.Role, error) {
	switch {
	case role != "" && slices.Contains(o.Roles, role):
		return role, nil
	case role == "" && len(o.Roles) == 1:
		return o.Roles[0], nil
	}
	return "", &errs.Error{Code: errs.Invalid, Msg: "请选择被投诉单位的身份",
		Spots: []errs.Spot{{Where: "role", Message: "这个单位不以此身份参与, 或者有几种身份, 请选择一种"}}}
}

// route is who looks into a complaint about a body of that role: the pack's choice, else the bureau.
func (s *Service) route(tx *act.Tx, accused, chosen access.Role) (access.Role, error) {
	v, err := optional(tx.Law(), valueRoute+string(accused), tx.Day())
	if err != nil {
		return "", err
	}
	may := roles(v.Text, access.Bureau)
	if chosen == "" {
		return may[0], nil
	}
	if !slices.Contains(may, chosen) {
		return "", &errs.Error{Code: errs.Invalid, Msg: fmt.Sprintf("对%s的投诉不由%s受理, 请重新选择", tx.Law().Role(string(accused)), tx.Law().Role(string(chosen))),
			Spots: []errs.Spot{{Where: "to", Message: "不受理这类投诉"}}}
	}
	return chosen, nil
}

// Answer settles a complaint (查清核实, 答复).
func (s *Service) Answer(ctx context.Context, id string, upheld bool, reply string, proof []string) (Complaint, error) {
	return s.changeComplaint(ctx, ActAnswer, id, func(tx *act.Tx, c Complaint) (Complaint, error) {
		if err := mayAnswer(tx.Actor(), c); err != nil {
			return c, err
		}
		return c.answer(upheld, reply, proof, tx.Actor().Org, tx.Day(), tx.Now())
	})
}

// mayAnswer: those to whom it went, and neither the accused nor the complainant.
func mayAnswer(actor access.Actor, c Complaint) error {
	switch {
	case actor.Org == c.Accused && actor.Org != "":
		return errs.New(errs.Forbidden, "不能办理对本单位的投诉")
	case actor.Account == c.Account || actor.Org == c.Org && c.Org != "":
		return errs.New(errs.Forbidden, "不能办理本单位提出的投诉, 请等待受理机构答复")
	case !actor.Has(c.To):
		return errs.New(errs.Forbidden, "这件投诉不由贵单位受理")
	}
	return nil
}

// Unsay takes a complaint back (撤回投诉).
func (s *Service) Unsay(ctx context.Context, id string) (Complaint, error) {
	return s.changeComplaint(ctx, ActUnsay, id, func(tx *act.Tx, c Complaint) (Complaint, error) {
		if !ownComplaint(tx.Actor(), c) {
			return c, errs.New(errs.NotFound, noComplaint)
		}
		return c.withdraw(tx.Now())
	})
}

func ownComplaint(actor access.Actor, c Complaint) bool {
	return actor.Account == c.Account || actor.Org != "" && actor.Org == c.Org
}

func (s *Service) changeComplaint(ctx context.Context, name, id string, change func(*act.Tx, Complaint) (Complaint, error)) (Complaint, error) {
	var c Complaint
	_, err := s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadComplaint(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if !seesComplaint(tx.Actor(), was) {
			return errs.New(errs.NotFound, noComplaint)
		}
		if c, err = change(tx, was); err != nil {
			return err
		}
		if err := saveComplaint(ctx, tx.Tx, c); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": c.Accused, "complaint": c.ID}); err != nil {
			return err
		}
		if err := notice.Settle(ctx, tx, c.ID, notice.ComplaintFiled); err != nil {
			return err
		}
		if name == ActAnswer {
			if err := notice.Send(ctx, tx, notice.Message{Kind: notice.ComplaintReplied, ObjectKind: "complaint", Object: c.ID,
				Params: map[string]string{"number": c.Number}}, access.AccountAddress(c.Account)); err != nil {
				return err
			}
		}
		return tx.Changed(ctx, "complaint", c.ID, c)
	})
	return c, err
}

// seesComplaint: the complainant, those to whom it went, the bureau and the auditor. The accused learns of it by its outcome, and an
// operator is shown nothing about itself.
func seesComplaint(actor access.Actor, c Complaint) bool {
	if actor.Org == c.Accused && actor.Org != "" {
		return c.State == ComplaintUpheld || c.State == ComplaintRejected
	}
	return ownComplaint(actor, c) || actor.Has(c.To, access.Bureau, access.Auditor)
}

// Complaints lists what the caller may see, newest first.
func (s *Service) Complaints(ctx context.Context, before string, limit int) (list []Complaint, err error) {
	actor := access.From(ctx)
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		all, err := listComplaints(ctx, tx, actor, before, limit)
		for _, c := range all {
			list = append(list, hide(actor, c))
		}
		return err
	})
	return list, err
}

// hide keeps from the accused who complained.
func hide(actor access.Actor, c Complaint) Complaint {
	if actor.Org == c.Accused && actor.Org != "" {
		c.Org, c.Account = "", ""
	}
	return c
}

// ComplaintPage is a complaint with what the caller may do about it.
type ComplaintPage struct {
	Complaint Complaint    `json:"complaint"`
	Overdue   bool         `json:"overdue" doc:"Unanswered after its term"`
	Acts      []act.Option `json:"acts"`
}

// Complaint is one complaint as the caller may see it.
func (s *Service) Complaint(ctx context.Context, id string) (p ComplaintPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		c, err := loadComplaint(ctx, tx, id)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		if !seesComplaint(actor, c) {
			return errs.New(errs.NotFound, noComplaint)
		}
		p = ComplaintPage{Complaint: hide(actor, c), Acts: []act.Option{},
			Overdue: c.State == ComplaintFiled && !c.Due.IsZero() && workday.DateOf(tx.Now()).After(c.Due)}
		name, state := ActAnswer, mayAnswer(actor, c)
		if ownComplaint(actor, c) {
			name = ActUnsay
			_, state = c.withdraw(tx.Now())
		} else if state == nil {
			_, state = c.answer(false, "-", nil, "", "", tx.Now())
		}
		if actor.Org == c.Accused && actor.Org != "" {
			return nil
		}
		o, err := s.Acts.Option(ctx, tx, name, state, map[string]string{"org": c.Accused, "complaint": c.ID})
		p.Acts = append(p.Acts, o)
		return err
	})
	return p, err
}
