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
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
	"yunei/internal/core/regime"
)

// Acts on the register of the expert group.
const (
	ActExpert    = "party.expert.confirm"
	ActExpertEnd = "party.expert.end"
)

// Values a pack sets for the expert group.
const (
	valueExpertConfirmed = "expert.confirmed"   // 1: only confirmed experts assess
	valueExpertFields    = "expert.fields"      // the fields the group must have, such as "legal 法务合规"
	valueExpertCover     = "expert.panel.cover" // 1: each panel covers the fields
)

// States of an expert.
const (
	ExpertConfirmed = "confirmed"
	ExpertEnded     = "ended"
)

// Expert (专家组专家) is one account's place in the expert group: confirmed by a paper, in its fields.
type Expert struct {
	ID       string       `json:"id"`
	Account  string       `json:"account"`
	Name     string       `json:"name"`
	Fields   []string     `json:"fields" doc:"Ids of the pack's fields, or words for others"`
	Document string       `json:"document" doc:"Number of the confirming paper (文号)"`
	State    string       `json:"state" enum:"confirmed,ended"`
	From     workday.Date `json:"from"`
	Ended    workday.Date `json:"ended,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	At       time.Time    `json:"at"`
}

func (e Expert) tab() tab { return tab{ID: e.ID, Account: e.Account, State: e.State} }

var experts = shelf[Expert]{"expert", "expert", "专家组名单中没有这名专家, 请核对后重试"}

func (s *Service) defineExperts(acts *act.Runner) {
	acts.Define(
		act.Def{Name: ActExpert, Roles: []access.Role{access.Bureau, access.Platform}},
		act.Def{Name: ActExpertEnd, Roles: []access.Role{access.Bureau}},
	)
	experts.register(acts)
	s.matters.Experts = s
}

// ExpertDraft is what the group decided about one expert.
type ExpertDraft struct {
	Account  string   `json:"account" minLength:"2" maxLength:"64"`
	Fields   []string `json:"fields" minItems:"1" maxItems:"20"`
	Document string   `json:"document" minLength:"2" maxLength:"120" doc:"Number of the confirming paper (文号)"`
}

// ConfirmExpert records that the expert group confirmed an expert (专家组确认), in which fields. Confirming again replaces them.
func (s *Service) ConfirmExpert(ctx context.Context, d ExpertDraft) (e Expert, err error) {
	var fields []string
	for _, f := range d.Fields {
		if f = strings.TrimSpace(f); f != "" && !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	switch {
	case len(fields) == 0:
		return e, spotted("fields", "请至少选择一个领域")
	case !between(strings.TrimSpace(d.Document), 2, 120):
		return e, spotted("document", "请填写专家组确认文件的文号")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActExpert}, func(ctx context.Context, tx *act.Tx) error {
		a, err := access.LoadAccount(ctx, tx.Tx, d.Account)
		if err != nil || a.Closed || !a.Actor().Has(access.Expert) {
			return spotted("account", "请选择在用的评审专家账号")
		}
		e = Expert{ID: tx.NewID("exp"), At: tx.Now()}
		if was, ok, err := expertOf(ctx, tx.Tx, a.ID); err != nil {
			return err
		} else if ok {
			e.ID = was.ID
		}
		e.Account, e.Name, e.Fields, e.Document, e.State, e.From = a.ID, a.Name, fields, strings.TrimSpace(d.Document), ExpertConfirmed, tx.Day()
		if err := tx.Judge(ctx, map[string]string{"account": a.ID}); err != nil {
			return err
		}
		return experts.put(ctx, tx, e)
	})
	return e, err
}

// EndExpert takes an expert off the list (解聘). What was drawn already stands; nobody is drawn or asked from then on.
func (s *Service) EndExpert(ctx context.Context, id, reason string) (e Expert, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActExpertEnd}, func(ctx context.Context, tx *act.Tx) error {
		if e, err = experts.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		if e.State != ExpertConfirmed {
			return errs.New(errs.Conflict, "这名专家已不在名单中, 请刷新查看")
		}
		e.State, e.Ended, e.Reason = ExpertEnded, tx.Day(), strings.TrimSpace(reason)
		if err := tx.Judge(ctx, map[string]string{"account": e.Account}); err != nil {
			return err
		}
		return experts.put(ctx, tx, e)
	})
	return e, err
}

func expertOf(ctx context.Context, tx *sqldb.Tx, account string) (Expert, bool, error) {
	list, err := experts.byAccount(ctx, tx, account)
	if err != nil || len(list) == 0 {
		return Expert{}, false, err
	}
	return list[0], list[0].State == ExpertConfirmed, nil
}

// Expert answers what a matter asks about somebody who may sit on a panel: why they may not, and in which fields they are.
func (s *Service) Expert(ctx context.Context, tx *sqldb.Tx, account string) (matter.Seated, error) {
	e, confirmed, err := expertOf(ctx, tx, account)
	out := matter.Seated{Fields: e.Fields}
	need, _, lerr := s.Acts.Law().Int(valueExpertConfirmed, workday.DateOf(tx.Now()))
	if err == nil && lerr == nil && need > 0 && !confirmed {
		out.Barred = "不在专家组确认的名单中"
	}
	return out, err
}

// Cover are the fields that each panel must have somebody in; none unless the pack says so.
func (s *Service) Cover(day workday.Date) ([]string, error) {
	need, _, err := s.Acts.Law().Int(valueExpertCover, day)
	if errs.Is(err, errs.NotFound) || err == nil && need == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	fields, err := expertFields(s.Acts.Law(), day)
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.what
	}
	return out, err
}

func expertFields(law *regime.Law, day workday.Date) ([]required, error) {
	v, err := law.Value(valueExpertFields, day)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	var out []required
	for item := range strings.SplitSeq(v.Text, ",") {
		id, title, _ := strings.Cut(strings.TrimSpace(item), " ")
		out = append(out, required{what: id, title: strings.TrimSpace(title), cite: v.Cite})
	}
	return out, err
}

// ExpertField is one field of the group with how many confirmed members it has.
type ExpertField struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Members int       `json:"members"`
	Needed  bool      `json:"needed" doc:"The regulation names the field; without a member the bureau is warned"`
	Cite    errs.Cite `json:"cite,omitzero"`
}

// ExpertGroup is the register of the expert group.
type ExpertGroup struct {
	Experts []Expert         `json:"experts"`
	Fields  []ExpertField    `json:"fields"`
	Waiting []access.Account `json:"waiting" doc:"Accounts in the role of an expert that the group has not confirmed"`
}

// Experts is the register, for those who decide and supervise.
func (s *Service) Experts(ctx context.Context) (g ExpertGroup, err error) {
	if !access.From(ctx).Overseer() {
		return g, errs.New(errs.Forbidden, "专家组名单由数据主管部门和平台运营单位查看")
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		g, err = s.expertGroup(ctx, tx)
		return err
	})
	return g, err
}

func (s *Service) expertGroup(ctx context.Context, tx *sqldb.Tx) (ExpertGroup, error) {
	g := ExpertGroup{Experts: []Expert{}, Fields: []ExpertField{}, Waiting: []access.Account{}}
	list, err := experts.page(ctx, tx, "", "", 500)
	if err != nil {
		return g, err
	}
	g.Experts = append(g.Experts, list...)
	needed, err := expertFields(s.Acts.Law(), workday.DateOf(tx.Now()))
	if err != nil {
		return g, err
	}
	for _, f := range needed {
		g.Fields = append(g.Fields, ExpertField{ID: f.what, Title: f.title, Needed: true, Cite: f.cite})
	}
	confirmed := map[string]bool{}
	for _, e := range list {
		if e.State != ExpertConfirmed {
			continue
		}
		confirmed[e.Account] = true
		for _, f := range e.Fields {
			i := slices.IndexFunc(g.Fields, func(x ExpertField) bool { return x.ID == f || x.Title == f })
			if i < 0 {
				g.Fields = append(g.Fields, ExpertField{ID: f, Title: f})
				i = len(g.Fields) - 1
			}
			g.Fields[i].Members++
		}
	}
	accounts, err := access.AccountsIn(ctx, tx, "", access.Expert)
	for _, a := range accounts {
		if !confirmed[a.ID] {
			g.Waiting = append(g.Waiting, a)
		}
	}
	return g, err
}

// emptyFields are reminders to the bureau of the fields without a member, one for each and day it was found so first.
func (s *Service) emptyFields(ctx context.Context, tx *sqldb.Tx) (due []notice.Reminder, err error) {
	g, err := s.expertGroup(ctx, tx)
	for _, f := range g.Fields {
		if f.Needed && f.Members == 0 {
			due = append(due, notice.Reminder{To: []string{access.RoleAddress(access.Bureau)}, Message: notice.Message{Kind: notice.FieldEmpty, ObjectKind: "registers",
				Params: map[string]string{"field": f.Title, "article": f.Cite.Article}, Mark: "field:" + f.ID + ":" + workday.DateOf(tx.Now()).String()[:7]}})
		}
	}
	return due, err
}
