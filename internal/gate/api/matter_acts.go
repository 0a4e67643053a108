package api

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// AtStep is the request of an act on one step.
type AtStep struct {
	Step string `json:"step" minLength:"1" maxLength:"80"`
}

// Because is the reason that every act of an office gives.
type Because struct {
	Reason string `json:"reason" minLength:"2" maxLength:"2000"`
}

// onMatter registers an act on a matter; it answers with the matter's page.
func onMatter[B any](a *API, name, id, summary string, do func(ctx context.Context, id string, in B) error) {
	post(a, "/v1/matters/{id}/"+name, id, "matters", summary, func(ctx context.Context, in *struct {
		ByID
		Body B
	}) (MatterPage, error) {
		if err := do(ctx, in.ID, in.Body); err != nil {
			return MatterPage{}, err
		}
		return a.after(ctx, &in.ByID)
	})
}

// after is the page of a matter after an act. Somebody of another body who gave the opinion they were asked for sees it no longer: the
// act is done, and there is nothing more to show.
func (a *API) after(ctx context.Context, in *ByID) (MatterPage, error) {
	p, err := a.matter(ctx, in)
	if errs.Is(err, errs.NotFound) {
		return MatterPage{Matter: &matter.Matter{ID: in.ID}, Acts: []act.Option{}}, nil
	}
	return p, err
}

// StepDecision is a decision at one step.
type StepDecision struct {
	AtStep
	matter.Decision
}

// StepReason is an act on one step with its reason.
type StepReason struct {
	AtStep
	Because
}

// registerMatterActs are the acts of deciders and applicants.
func (a *API) registerMatterActs() {
	s := a.s.Matters
	onMatter(a, "decide", "decide-matter", "办理环节", func(ctx context.Context, id string, in StepDecision) error {
		_, err := s.Decide(ctx, id, in.Step, in.Decision)
		return err
	})
	onMatter(a, "consult", "consult-experts", "咨询专家", func(ctx context.Context, id string, in matter.Inquiry) error {
		_, err := s.Consult(ctx, id, in)
		return err
	})
	onMatter(a, "advise", "advise", "答复咨询", func(ctx context.Context, id string, in struct {
		Consultation string   `json:"consultation" maxLength:"64"`
		Text         string   `json:"text" minLength:"2" maxLength:"10000"`
		Papers       []string `json:"papers,omitempty" maxItems:"10"`
	}) error {
		_, err := s.Advise(ctx, id, in.Consultation, in.Text, in.Papers)
		return err
	})
	onMatter(a, "offline", "ask-offline", "提请线下评估", func(ctx context.Context, id string, in StepReason) error {
		_, err := s.AskOffline(ctx, id, in.Step, in.Reason)
		return err
	})
	onMatter(a, "offline-consent", "consent-offline", "决定是否同意线下评估", func(ctx context.Context, id string, in struct {
		StepReason
		Allow bool `json:"allow"`
	}) error {
		_, err := s.ConsentOffline(ctx, id, in.Step, in.Allow, in.Reason)
		return err
	})
	onMatter(a, "offline-switch", "switch-offline", "转为线下评估", func(ctx context.Context, id string, in StepReason) error {
		_, err := s.SwitchOffline(ctx, id, in.Step, in.Reason)
		return err
	})
	post(a, "/v1/matters/decide", "decide-matters", "matters", "批量办理", a.decideMany)
	onMatter(a, "supplement", "supplement-matter", "补正", func(ctx context.Context, id string, in struct {
		Documents []matter.Document `json:"documents"`
	}) error {
		_, err := s.Supplement(ctx, id, in.Documents)
		return err
	})
	onMatter(a, "withdraw", "withdraw-matter", "撤回", func(ctx context.Context, id string, in struct {
		Reason string `json:"reason" minLength:"2"`
	}) error {
		_, err := s.Withdraw(ctx, id, in.Reason)
		return err
	})
	post(a, "/v1/matters/{id}/appeal", "appeal-matter", "matters", "申诉", func(ctx context.Context, in *struct {
		ByID
		Body struct {
			Grounds   string            `json:"grounds" minLength:"5" maxLength:"5000"`
			Documents []matter.Document `json:"documents,omitempty"`
		}
	}) (MatterPage, error) {
		appeal, err := s.Appeal(ctx, in.ID, in.Body.Grounds, in.Body.Documents)
		if err != nil {
			return MatterPage{}, err
		}
		return a.matter(ctx, &ByID{ID: appeal.ID})
	})
	onMatter(a, "record", "record-decision", "补录决定", func(ctx context.Context, id string, in struct {
		StepDecision
		Day workday.Date `json:"day" doc:"The day it was decided on paper"`
	}) error {
		_, err := s.Record(ctx, id, in.Step, in.Day, in.Decision)
		return err
	})
	onMatter(a, "record/confirm", "confirm-record", "确认补录", func(ctx context.Context, id string, in struct {
		StepReason
		Accept bool `json:"accept"`
	}) error {
		_, err := s.Confirm(ctx, id, in.Step, in.Accept, in.Reason)
		return err
	})
	onMatter(a, "correct", "correct-opinion", "更正意见", func(ctx context.Context, id string, in struct {
		StepReason
		Account string `json:"account" doc:"Whose opinion"`
		Text    string `json:"text" minLength:"2" maxLength:"2000" doc:"The wording that holds from now on"`
	}) error {
		_, err := s.Correct(ctx, id, in.Step, in.Account, in.Text, in.Reason)
		return err
	})
	onMatter(a, "revoke", "revoke-decision", "撤销决定", func(ctx context.Context, id string, in Because) error {
		_, err := s.Revoke(ctx, id, in.Reason)
		return err
	})
}

// registerMatterOffice are the acts by which an office organizes its work.
func (a *API) registerMatterOffice() {
	s := a.s.Matters
	for _, o := range []struct {
		name, title string
		do          func(ctx context.Context, id, step, reason string) (*matter.Matter, error)
	}{{"pause", "中止计时", s.Pause}, {"resume", "恢复计时", s.Resume}, {"recuse", "回避", s.Recuse}} {
		onMatter(a, o.name, o.name+"-matter", o.title, func(ctx context.Context, id string, in StepReason) error {
			_, err := o.do(ctx, id, in.Step, in.Reason)
			return err
		})
	}
	get(a, "/v1/matters/{id}/clocks", "foresee-clocks", "matters", "预览期限", func(ctx context.Context, in *struct {
		ByID
		Step   string `query:"step" minLength:"1" maxLength:"80"`
		Pause  string `query:"pause" maxLength:"200" doc:"If the clock were stopped for this reason"`
		Resume bool   `query:"resume" doc:"If it ran on"`
		Extend int    `query:"extend" minimum:"0" maximum:"3650" doc:"If the limit were lengthened by so much, in the unit of the step's extension"`
	}) (Page[matter.Clock], error) {
		clocks, err := s.Foresee(ctx, in.ID, in.Step, matter.Foresight{Pause: in.Pause, Resume: in.Resume, Extend: in.Extend})
		a.countLeft(workday.DateOf(a.s.Clock.Now()), clocks)
		return Page[matter.Clock]{Items: clocks}, err
	})
	onMatter(a, "extend", "extend-matter", "延期", func(ctx context.Context, id string, in struct {
		StepReason
		Days int `json:"days" minimum:"1" maximum:"3650" doc:"In the unit of the step's extension"`
	}) error {
		_, err := s.Extend(ctx, id, in.Step, in.Days, in.Reason)
		return err
	})
	onMatter(a, "transfer", "transfer-task", "转办", func(ctx context.Context, id string, in struct {
		StepReason
		To string `json:"to" minLength:"1" maxLength:"80" doc:"An account of one's own organization; organization for everyone there in the step's role; or, where the step lets it be handed outside, the id of another organization"`
	}) error {
		_, err := s.Transfer(ctx, id, in.Step, in.To, in.Reason)
		return err
	})
	onMatter(a, "cosign", "cosign-matter", "加签", func(ctx context.Context, id string, in struct {
		StepReason
		Account string `json:"account" minLength:"1" maxLength:"80" doc:"An account; or, where the step lets other bodies be asked, an organization"`
		Binding bool   `json:"binding,omitempty" doc:"The step cannot pass before this person agreed"`
		Cancel  bool   `json:"cancel,omitempty" doc:"Take back what is not answered yet"`
	}) error {
		_, err := s.Cosign(ctx, id, in.Step, in.Account, in.Binding, in.Cancel, in.Reason)
		return err
	})
	onMatter(a, "copy", "copy-matter", "抄送", func(ctx context.Context, id string, in struct {
		Because
		Accounts []string `json:"accounts" minItems:"1" maxItems:"20" doc:"Accounts; or, where an open step of the caller's lets other bodies be asked, organizations"`
	}) error {
		_, err := s.Copy(ctx, id, in.Accounts, in.Reason)
		return err
	})
	post(a, "/v1/matters/{id}/read", "read-matter", "matters", "阅知", func(ctx context.Context, in *ByID) (MatterPage, error) {
		if _, err := s.Read(ctx, in.ID); err != nil {
			return MatterPage{}, err
		}
		return a.after(ctx, in)
	})
	onMatter(a, "urge", "urge-matter", "催办", func(ctx context.Context, id string, in Because) error {
		_, err := s.Urge(ctx, id, in.Reason)
		return err
	})
	onMatter(a, "supervise", "supervise-matter", "督办", func(ctx context.Context, id string, in struct {
		StepReason
		Until workday.Date `json:"until" doc:"The day by which the step must be over"`
	}) error {
		_, err := s.Supervise(ctx, id, in.Step, in.Until, in.Reason)
		return err
	})
	a.registerDelegations()
}

func (a *API) registerDelegations() {
	const tag = "matters"
	s := a.s.Matters
	get(a, "/v1/delegations", "delegations", tag, "我的委派", func(ctx context.Context, _ *none) (Page[matter.Delegation], error) {
		list, err := s.Delegations(ctx)
		return paged(list, len(list)+1, func(d matter.Delegation) string { return d.ID }), err
	})
	post(a, "/v1/delegations", "delegate", tag, "委派代理", func(ctx context.Context, in *struct {
		Body struct {
			Because
			To    string       `json:"to" doc:"Account of the same organization"`
			Since workday.Date `json:"since"`
			Until workday.Date `json:"until" doc:"Last day"`
		}
	}) (matter.Delegation, error) {
		return s.Delegate(ctx, in.Body.To, in.Body.Since, in.Body.Until, in.Body.Reason)
	})
	post(a, "/v1/delegations/{id}/end", "end-delegation", tag, "结束委派", func(ctx context.Context, in *ByID) (matter.Delegation, error) {
		return s.EndDelegation(ctx, in.ID)
	})
	get(a, "/v1/colleagues", "colleagues", tag, "本单位人员", a.colleagues)
	get(a, "/v1/matters/{id}/outsiders", "outsiders", tag, "可以请的其他单位", a.outsiders)
}

// Outsider is a body that a step lets its holder ask, or one of its people, with the body's name.
type Outsider struct {
	matter.Outsider
	OrgName string `json:"org_name,omitempty"`
}

func (a *API) outsiders(ctx context.Context, in *struct {
	ByID
	Step string `query:"step" minLength:"1" maxLength:"80"`
}) (Page[Outsider], error) {
	out := Page[Outsider]{Items: []Outsider{}}
	list, err := a.s.Matters.Outsiders(ctx, in.ID, in.Step)
	if err != nil {
		return out, err
	}
	ids := make([]string, len(list))
	for i, o := range list {
		ids[i] = o.Org
	}
	names, err := a.orgNames(ctx, ids...)
	for _, o := range list {
		out.Items = append(out.Items, Outsider{o, names[o.Org]})
	}
	return out, err
}

// Colleague is an account of one's own organization, to hand work to.
type Colleague struct {
	Account string        `json:"account"`
	Name    string        `json:"name"`
	Roles   []access.Role `json:"roles"`
}

func (a *API) colleagues(ctx context.Context, _ *none) (Page[Colleague], error) {
	out := Page[Colleague]{Items: []Colleague{}}
	who := actor(ctx)
	if who.Org == "" {
		return out, nil
	}
	seen := map[string]bool{who.Account: true}
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for _, role := range access.Roles() {
			list, err := access.AccountsIn(ctx, tx, who.Org, role)
			if err != nil {
				return err
			}
			for _, c := range list {
				if !seen[c.ID] {
					seen[c.ID] = true
					out.Items = append(out.Items, Colleague{Account: c.ID, Name: c.Name, Roles: c.Roles})
				}
			}
		}
		return nil
	})
	return out, err
}

// Decided is what became of one of several decisions.
type Decided struct {
	Matter  string       `json:"matter"`
	Step    string       `json:"step"`
	Done    bool         `json:"done"`
	State   matter.State `json:"state,omitempty"`
	Receipt string       `json:"receipt,omitempty" doc:"Ledger number of the act"`
	Code    errs.Code    `json:"code,omitempty"`
	Detail  string       `json:"detail,omitempty" doc:"Why it was not done, and what to do"`
	Cites   []errs.Cite  `json:"cites,omitempty"`
}

// decideMany (批量办理) decides several steps, each by an act of its own: one that is refused changes nothing of the others.
func (a *API) decideMany(ctx context.Context, in *struct {
	Body struct {
		Items []struct {
			Matter string `json:"matter" minLength:"1" maxLength:"64"`
			StepDecision
		} `json:"items" minItems:"1" maxItems:"100"`
	}
}) (Page[Decided], error) {
	out := Page[Decided]{Items: make([]Decided, 0, len(in.Body.Items))}
	for _, item := range in.Body.Items {
		one, receipts := act.WithReceipts(ctx)
		d := Decided{Matter: item.Matter, Step: item.Step}
		m, err := a.s.Matters.Decide(one, item.Matter, item.Step, item.Decision)
		if err != nil {
			p := problemOf(ctx, err)
			d.Code, d.Detail, d.Cites = p.Code, p.Detail, p.Cites
		} else {
			d.Done, d.State = true, m.State
			if r, ok := receipts.Last(); ok {
				d.Receipt = itoa(r.Seq)
			}
		}
		out.Items = append(out.Items, d)
	}
	return out, nil
}
