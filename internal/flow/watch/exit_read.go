package watch

import (
	"context"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
)

// Exits lists what the caller may see, newest first.
func (s *Service) Exits(ctx context.Context, org, before string, limit int) (list []Exit, err error) {
	actor, provided := access.From(ctx), ""
	if actor.Has(access.Holder) && !actor.Overseer() && org == "" {
		provided = actor.Org // whose data was used is told what became of it
	}
	org, ok := within(actor, org)
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listExits(ctx, tx, org, provided, before, limit)
		return err
	})
	return list, err
}

// ExitPage is an exit, its certificate, what the party still owes, and what the caller may do.
type ExitPage struct {
	Exit    Exit         `json:"exit"`
	Overdue bool         `json:"overdue" doc:"Something is left after the day by which it had to be deleted"`
	Text    string       `json:"text,omitempty" doc:"The certificate, once everything is deleted"`
	Orders  []Order      `json:"orders" doc:"Orders that still run against the party: leaving settles none of them"`
	Reports []Duty       `json:"reports" doc:"Reports it still owes"`
	Acts    []act.Option `json:"acts"`
}

// Exit is one exit as the caller may see it.
func (s *Service) Exit(ctx context.Context, id string) (p ExitPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		e, err := s.visible(ctx, tx, id)
		if err != nil {
			return err
		}
		p = ExitPage{Exit: e, Overdue: e.overdue(workday.DateOf(tx.Now())), Acts: []act.Option{}}
		if e.State != ExitDeleting {
			before := e
			before.State, before.Certificate, before.Certifier, before.Certified = ExitDeleted, "", "", nil
			if p.Text, err = before.text(); err != nil {
				return err
			}
		}
		if p.Orders, err = runningOrders(ctx, tx, e.Org); err != nil {
			return err
		}
		owed, err := duties(ctx, tx, s.Acts.Law(), e.Org, workday.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		p.Reports = []Duty{}
		for _, d := range owed {
			if d.State != DutyFiled && d.State != DutyAccepted && d.State != DutyComing {
				p.Reports = append(p.Reports, d)
			}
		}
		actor := access.From(ctx)
		if slices.Contains(e.Providers, actor.Org) {
			_, receive := e.receive(Receipt{Org: actor.Org})
			option, err := s.Acts.Option(ctx, tx, ActReceipt, receive, map[string]string{"org": e.Org, "exit": e.ID})
			if err != nil {
				return err
			}
			p.Acts = append(p.Acts, option)
		}
		if !actor.Has(access.Bureau, access.Operator) {
			return nil
		}
		check := e.checker(actor.Account)
		for _, o := range []struct {
			name  string
			state error
		}{{ActDelete, s.mayClean(ctx, e)}, {ActCertify, check}, {ActReopen, check}} {
			option, err := s.Acts.Option(ctx, tx, o.name, o.state, map[string]string{"org": e.Org, "exit": e.ID})
			if err != nil {
				return err
			}
			p.Acts = append(p.Acts, option)
		}
		return nil
	})
	return p, err
}

func (s *Service) visible(ctx context.Context, tx *sqldb.Tx, id string) (Exit, error) {
	e, err := loadExit(ctx, tx, id)
	if err != nil {
		return e, err
	}
	actor := access.From(ctx)
	if ok, err := oversees(ctx, tx, actor, e.Org); err != nil || !ok && (actor.Org == "" || actor.Org != e.Org && actor.Org != e.Issuer && !slices.Contains(e.Providers, actor.Org)) {
		return Exit{}, errs.Or(err, errs.New(errs.NotFound, noExit))
	}
	return e, nil
}

// Trace (追溯) is one use of data under what ended: a call about one person, a result that left.
type Trace struct {
	Kind      string    `json:"kind" enum:"call,export"`
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Account   string    `json:"account,omitempty"`
	Consent   string    `json:"consent,omitempty" doc:"The document of the person asked about"`
	Recipient string    `json:"recipient,omitempty" doc:"Who got the answer or the result"`
	Handling  string    `json:"handling" doc:"What became of it"`
}

// Traces lists how data was used under what ended, newest first. 依法依规终止开发授权…对已开发应用的,追溯和处置数据的使用情况.
func (s *Service) Traces(ctx context.Context, id, before string, limit int) (list []Trace, err error) {
	if !access.From(ctx).Overseer() {
		return nil, errs.New(errs.Forbidden, "数据使用的追溯由监督机构查看")
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		e, err := s.visible(ctx, tx, id)
		if err != nil {
			return err
		}
		if before == "" {
			releases, err := releasesOf(ctx, tx, e.Org, e.scenario())
			if err != nil {
				return err
			}
			for _, r := range releases {
				if r.Exports == 0 {
					continue
				}
				list = append(list, Trace{Kind: "export", ID: r.ID, At: r.Opened, Recipient: r.Recipient, Handling: handling(e, r.ID)})
			}
		}
		calls, err := callsUnder(ctx, tx, e.Org, e.scenario(), before, limit)
		if err != nil || len(calls) == 0 {
			return err
		}
		o, err := party.Load(ctx, tx, e.Org)
		for _, c := range calls {
			c.Recipient = o.Name
			list = append(list, c)
		}
		return err
	})
	return list, err
}

// handling says what became of a result that left.
func handling(e Exit, id string) string {
	for _, t := range e.Tasks {
		if t.What == HeldRelease && t.Object == id && t.State == TaskDone {
			return "平台内的文件已删除; 已导出的由当事单位按协议删除"
		}
	}
	return "平台内的文件待删除; 已导出的由当事单位按协议删除"
}
