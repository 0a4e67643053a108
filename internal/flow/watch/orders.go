package watch

import (
	"context"
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

// Values a pack sets for orders.
const (
	valueWithin  = "order.rectify.within" // the term, where none was agreed
	valueOverdue = "order.overdue"        // "terminate": what is not rectified in time ends by itself; else the issuer is asked
)

// Issue gives an order (通报, 责令整改, 产品下架, 暂停数据服务). What closes access closes it in this very act: the permit is
// suspended, and everything that descends from it is refused at its next use.
func (s *Service) Issue(ctx context.Context, d Direction) (Order, error) {
	var o Order
	_, err := s.Acts.Do(ctx, act.Call{Act: ActIssue}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := d.check(tx.Day()); err != nil {
			return err
		}
		permit, org, err := s.target(ctx, tx.Tx, d.Org, d.Permit)
		if err != nil {
			return err
		}
		if err := s.maySupervise(ctx, tx.Tx, tx.Actor(), org, permit); err != nil {
			return err
		}
		o = Order{ID: tx.NewID("ord"), Org: org.ID, Permit: permit.ID, Kind: permit.Kind, Measure: d.Measure, Ground: d.Ground, Basis: strings.TrimSpace(d.Basis),
			Reason: strings.TrimSpace(d.Reason), Article: strings.TrimSpace(d.Article), Evidence: d.Evidence, Issuer: tx.Actor().Org, Roles: tx.Actor().Roles,
			Issued: tx.Day(), State: OrderOpen, Opened: tx.Now()}
		if err := s.term(tx, &o, d.Due); err != nil {
			return err
		}
		if err := s.close(ctx, tx, &o, permit); err != nil {
			return err
		}
		if err := insertOrder(ctx, tx.Tx, o); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.Org, "order": o.ID}); err != nil {
			return err
		}
		if err := notice.Send(ctx, tx, o.message(notice.OrderIssued, o.Due), access.WholeOrg(o.Org)); err != nil {
			return err
		}
		return tx.Changed(ctx, "order", o.ID, o)
	})
	return o, err
}

// message tells of an order; with a day it says what is owed until then.
func (o Order) message(kind notice.MessageKind, due workday.Date) notice.Message {
	return notice.Message{Kind: kind, ObjectKind: "order", Object: o.ID, Due: due,
		Params: map[string]string{"measure": string(o.Measure), "state": o.State, "due": o.Due.String()}}
}

// target is the permit an order or a termination is about: the one named, or the organization's admission. An organization
// that was never admitted, such as a department that holds data, has none.
func (s *Service) target(ctx context.Context, tx *sqldb.Tx, orgID, permitID string) (permit access.Permit, org party.Organization, err error) {
	if permitID != "" {
		if permit, err = access.LoadPermit(ctx, tx, permitID); err != nil {
			return permit, org, err
		}
		if orgID != "" && orgID != permit.Holder {
			return permit, org, errs.New(errs.Conflict, "这项许可不属于所选单位, 请核对后重新提交")
		}
		orgID = permit.Holder
	}
	if org, err = party.Load(ctx, tx, orgID); err != nil || permitID != "" || org.Permit == "" {
		return permit, org, err
	}
	permit, err = access.LoadPermit(ctx, tx, org.Permit)
	return permit, org, err
}

// maySupervise: nobody's own organization; the bureau and the authority above everyone in their area and inside it (贵州 第四条: 指导、
// 监督市、县两级; 威海 第六条); a regulator likewise, in what is assigned to it; the operator whoever it serves on the platform; a department
// whom it authorized; who gives data whoever uses it. What a body may order beyond that is the pack's rule.
func (s *Service) maySupervise(ctx context.Context, tx *sqldb.Tx, actor access.Actor, org party.Organization, p access.Permit) error {
	switch {
	case org.ID == actor.Org:
		return errs.New(errs.Forbidden, "不能办理本单位的监督事项, 请由其他单位的人员办理")
	case !actor.Area.Covers(org.Area):
		return errs.New(errs.NotFound, noOrg)
	case actor.Has(access.Bureau, access.Upper, access.Regulator, access.Platform), actor.Has(access.Operator) && p.ID != "":
		return nil
	case actor.Has(access.Department):
		own, err := authorizedBy(ctx, tx, actor.Org, append([]string{p.ID}, p.Parents...))
		if err != nil || own {
			return err
		}
	}
	if actor.Has(access.Holder) {
		for _, f := range p.Fields {
			resource, _, _ := strings.Cut(f, ".")
			entry, err := s.Catalog.Load(ctx, tx, resource)
			if err == nil && entry.Holder == actor.Org {
				return nil
			}
			if errs.CodeOf(err) == errs.Internal && err != nil {
				return err
			}
		}
	}
	return errs.New(errs.Forbidden, "这个单位没有使用贵单位的数据, 也不由贵单位授权; 请向数据主管部门反映")
}

// term sets the day by which the party has to report: as agreed, or as the regulation says. 通报 asks for nothing unless a day
// is given; a suspension lasts until it is lifted.
func (s *Service) term(tx *act.Tx, o *Order, due workday.Date) error {
	if !due.IsZero() {
		o.Due, o.Explain = due, "决定载明的整改期限"
		return nil
	}
	if !o.Measure.closes() {
		o.State = OrderStanding
		return nil
	}
	if o.Measure == Halt {
		return nil
	}
	d, err := deadline(tx.Law(), valueWithin, tx.Day())
	if errs.Is(err, errs.NotFound) {
		return &errs.Error{Code: errs.Invalid, Msg: "现行规则没有规定整改期限, 请按协议填写整改期限后再提交",
			Spots: []errs.Spot{{Where: "due", Message: "请填写整改期限"}}}
	}
	o.Due, o.Explain = d.Due, d.Explain
	return err
}

// close suspends the permit. An order on a permit that another order closed keeps it closed after the other is settled; one on a
// permit that something else suspended leaves that to whoever did it.
func (s *Service) close(ctx context.Context, tx *act.Tx, o *Order, p access.Permit) error {
	if !o.Measure.closes() || p.ID == "" {
		return nil
	}
	switch p.State {
	case access.Revoked:
		return errs.New(errs.Conflict, "这项许可已经终止, 不需要再处置; 请刷新查看")
	case access.Suspended:
		others, err := ordersOn(ctx, tx.Tx, p.ID)
		o.Closed = slices.ContainsFunc(others, func(x Order) bool { return x.Closed })
		return err
	}
	o.Closed = true
	return tx.SetPermit(ctx, p.ID, access.Suspended)
}

// Receive acknowledges an order (签收).
func (s *Service) Receive(ctx context.Context, id string) (Order, error) {
	return s.byParty(ctx, ActReceive, id, func(tx *act.Tx, o Order) (Order, error) { return o.receive(tx.Now()) })
}

// Rectified reports what the party did (反馈整改情况). It may do so while its access is closed.
func (s *Service) Rectified(ctx context.Context, id, text string, evidence []string) (Order, error) {
	return s.byParty(ctx, ActRectified, id, func(tx *act.Tx, o Order) (Order, error) {
		return o.report(Rectification{Text: strings.TrimSpace(text), Evidence: evidence, Account: tx.Actor().Account, At: tx.Now()})
	})
}

func (s *Service) byParty(ctx context.Context, name, id string, change func(*act.Tx, Order) (Order, error)) (Order, error) {
	var o Order
	_, err := s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadOrder(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if was.Org != tx.Actor().Org {
			return errs.New(errs.NotFound, noOrder)
		}
		if o, err = change(tx, was); err != nil {
			return err
		}
		if err := s.saveOrder(ctx, tx, o); err != nil {
			return err
		}
		if name == ActRectified {
			if err := notice.Settle(ctx, tx, o.ID, notice.OrderIssued, notice.OrderRuled); err != nil {
				return err
			}
			if err := notice.Send(ctx, tx, o.message(notice.OrderReported, tx.Day()), access.WholeOrg(o.Issuer)); err != nil {
				return err
			}
		}
		return tx.Judge(ctx, map[string]string{"org": o.Org, "order": o.ID})
	})
	return o, err
}

func (s *Service) saveOrder(ctx context.Context, tx *act.Tx, o Order) error {
	if err := saveOrder(ctx, tx.Tx, o); err != nil {
		return err
	}
	return tx.Changed(ctx, "order", o.ID, o)
}

// Decision is what the issuer decides on an order.
type Decision struct {
	Ruling Ruling       `json:"ruling" enum:"accept,again,terminate,revoke"`
	Reason string       `json:"reason" minLength:"2" maxLength:"5000"`
	Due    workday.Date `json:"due,omitempty" doc:"The new term, for 'again'"`
}

// Rule settles an order: access opens again, or what was authorized ends. The issuer rules, and the bureau may in its place.
func (s *Service) Rule(ctx context.Context, id string, d Decision) (Order, error) {
	var o Order
	_, err := s.Acts.Do(ctx, act.Call{Act: ActRule}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadOrder(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if err := mayRule(tx.Actor(), was); err != nil {
			return err
		}
		if o, err = was.rule(d.Ruling, d.Reason, d.Due, tx.Day(), tx.Now()); err != nil {
			return err
		}
		if err := tx.JudgeAs(ctx, ActRule, map[string]string{"org": o.Org, "order": o.ID}, map[string]any{"order.ruling": string(d.Ruling)}); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, &o); err != nil {
			return err
		}
		if err := notice.Settle(ctx, tx, o.ID, notice.OrderIssued, notice.OrderReported, notice.OrderRuled); err != nil {
			return err
		}
		var due workday.Date
		if o.State == OrderOpen {
			due = o.Due
		}
		return notice.Send(ctx, tx, o.message(notice.OrderRuled, due), access.WholeOrg(o.Org))
	})
	return o, err
}

func mayRule(actor access.Actor, o Order) error {
	switch {
	case o.Org == actor.Org:
		return errs.New(errs.Forbidden, "不能办理本单位的监督事项, 请由其他单位的人员办理")
	case o.Issuer != actor.Org && (!actor.Has(access.Bureau) || slices.Contains(o.Roles, access.Upper)):
		return errs.New(errs.Forbidden, "决定由作出决定的单位或者数据主管部门处理, 请联系他们")
	}
	return nil
}

// settle does what follows from an order's new state and saves it.
func (s *Service) settle(ctx context.Context, tx *act.Tx, o *Order) error {
	switch o.State {
	case OrderFailed:
		if o.Permit == "" {
			return errs.New(errs.Conflict, "这个单位没有可以终止的许可; 请选择继续整改, 情节严重的移送有权机关处理")
		}
		e, err := s.endTx(ctx, tx, ending{permit: o.Permit, ground: OnOrder, basis: o.ID, reason: o.Opinion, article: o.Article})
		if err != nil {
			return err
		}
		o.Exit = e.ID
	case OrderAccepted, OrderRevoked:
		if err := s.lift(ctx, tx, *o); err != nil {
			return err
		}
	}
	return s.saveOrder(ctx, tx, *o)
}

// lift opens access again, unless another order still keeps it closed.
func (s *Service) lift(ctx context.Context, tx *act.Tx, o Order) error {
	if !o.Closed {
		return nil
	}
	others, err := ordersOn(ctx, tx.Tx, o.Permit)
	if err != nil || slices.ContainsFunc(others, func(x Order) bool { return x.ID != o.ID && x.Closed }) {
		return err
	}
	p, err := access.LoadPermit(ctx, tx.Tx, o.Permit)
	if err != nil || p.State != access.Suspended {
		return err
	}
	return tx.SetPermit(ctx, o.Permit, access.Active)
}

// expire is the platform's: the term of an order is over and nothing was reported. Whether that ends what was authorized or asks
// the issuer, the pack says.
func (s *Service) expire(ctx context.Context, id string) error {
	_, err := s.Acts.Do(ctx, act.Call{Act: ActExpire}, func(ctx context.Context, tx *act.Tx) error {
		o, err := loadOrder(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if !o.expired(tx.Day()) {
			return errs.New(errs.Conflict, "这件决定已经办结, 请刷新查看结果")
		}
		o.State = OrderOverdue
		if err := tx.Judge(ctx, map[string]string{"org": o.Org, "order": o.ID}); err != nil {
			return err
		}
		v, err := tx.Law().Value(valueOverdue, tx.Day())
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if v.Text == string(Terminate) && o.Permit != "" {
			now := tx.Now()
			o.State, o.Decided = OrderFailed, &now
			o.Opinion = "整改期限 " + o.Due.String() + " 已过, 没有反馈整改情况, 按规定终止"
			if o.Article == "" {
				o.Article = v.Cite.Article
			}
		}
		return s.settle(ctx, tx, &o)
	})
	return err
}

// Orders lists what the caller may see, newest first: its own and those it gave; a supervisor of everyone sees all.
func (s *Service) Orders(ctx context.Context, org, before string, limit int) (list []Order, err error) {
	actor := access.From(ctx)
	issuer := ""
	org, ok := within(actor, org)
	if !ok {
		return nil, nil
	}
	if !actor.Overseer() {
		issuer = actor.Org
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listOrders(ctx, tx, org, issuer, before, limit)
		return err
	})
	return list, err
}

// inside is the condition that the organization in a column stands where the actor oversees; their own objects are chosen by
// other conditions.
func inside(ctx context.Context, column string, args *[]any) string {
	if actor := access.From(ctx); actor.Overseer() {
		return access.Inside(column, actor.Area, args)
	}
	return "1 = 1"
}

// oversees reports whether the actor oversees an organization; false as well when it stands elsewhere.
func oversees(ctx context.Context, tx *sqldb.Tx, actor access.Actor, org string) (bool, error) {
	if !actor.Overseer() && !actor.Has(access.Upper, access.Regulator) {
		return false, nil
	}
	area, err := access.AreaOf(ctx, tx, org)
	return actor.Area.Covers(area), err
}

// within narrows a list to what the actor may read: anybody but an overseer their own organization's. ok is false where that
// leaves nothing.
func within(actor access.Actor, org string) (narrowed string, ok bool) {
	switch {
	case actor.Overseer():
		return org, true
	case actor.Org == "" || org != "" && org != actor.Org:
		return "", false
	}
	return actor.Org, true
}

// OrderPage is an order with what the caller may do about it.
type OrderPage struct {
	Order Order        `json:"order"`
	Late  bool         `json:"late" doc:"Its term is over"`
	Acts  []act.Option `json:"acts"`
}

// Order is one order as the caller may see it.
func (s *Service) Order(ctx context.Context, id string) (p OrderPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		o, err := loadOrder(ctx, tx, id)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		if ok, err := oversees(ctx, tx, actor, o.Org); err != nil || !ok && (actor.Org == "" || actor.Org != o.Org && actor.Org != o.Issuer) {
			return errs.Or(err, errs.New(errs.NotFound, noOrder))
		}
		today := workday.DateOf(tx.Now())
		p = OrderPage{Order: o, Late: o.running() && !o.Due.IsZero() && today.After(o.Due), Acts: []act.Option{}}
		objects := map[string]string{"org": o.Org, "order": o.ID}
		add := func(name string, state error) error {
			option, err := s.Acts.Option(ctx, tx, name, state, objects)
			p.Acts = append(p.Acts, option)
			return err
		}
		if actor.Org == o.Org {
			_, received := o.receive(tx.Now())
			_, reported := o.report(Rectification{Text: "-", At: tx.Now()})
			if err := add(ActReceive, received); err != nil {
				return err
			}
			return add(ActRectified, reported)
		}
		_, state := o.rule(Revoke, "-", "", today, tx.Now())
		if err := mayRule(actor, o); err != nil {
			state = err
		}
		return add(ActRule, state)
	})
	return p, err
}
