package matter

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// MaySee reports whether the actor has any business with the matter: applicant, addressee of a step, or who oversees its
// area. Everyone else is answered as if it did not exist, and so is whoever stood aside (回避), whatever office they hold beside.
func MaySee(actor access.Actor, m *Matter) bool {
	return concerned(actor, m) || m.invited(actor)
}

// concerned reports whether the matter is the actor's business by its procedure, and not by invitation.
func concerned(actor access.Actor, m *Matter) bool {
	if m.StoodAside(actor) {
		return false
	}
	return actor.OverseerOf(m.Area) || actor.Org != "" && actor.Org == m.Applicant || Asked(actor, m)
}

// Asked reports whether a step of the matter was ever addressed to the actor, or they were asked for a further opinion or
// sent a copy. Somebody of another body who was invited (outside.go) sees the file alone and is not asked in this sense, and
// whoever stood aside (回避) has no more to do with it at all.
func Asked(actor access.Actor, m *Matter) bool {
	if m.StoodAside(actor) {
		return false
	}
	mine := actor.Addresses()
	for _, st := range m.Steps {
		if slices.ContainsFunc(st.Addressed, func(to string) bool { return slices.Contains(mine, to) }) ||
			slices.ContainsFunc(st.Asks, func(a Ask) bool { return !a.Outside && a.of(actor) }) || st.members() != "" && slices.Contains(mine, st.members()) {
			return true
		}
	}
	if slices.ContainsFunc(m.Handed, func(to string) bool { return slices.Contains(mine, to) }) {
		return true
	}
	if slices.ContainsFunc(m.Consultations, func(c Consultation) bool {
		return slices.ContainsFunc(c.Advice, func(d Advice) bool { return d.Account == actor.Account })
	}) {
		return true
	}
	return slices.ContainsFunc(m.Copies, func(c Copy) bool { return !c.Outside && slices.Contains(mine, c.To) })
}

// MayRead reports whether the actor has any business with an organization's object that a matter decides on: who oversees the
// area, the organization, and whoever was asked to decide. matterID is empty while nobody was.
func MayRead(ctx context.Context, tx *sqldb.Tx, area access.Area, org, matterID string) (bool, error) {
	actor := access.From(ctx)
	business := actor.OverseerOf(area) || actor.Org != "" && actor.Org == org
	if matterID == "" {
		return business, nil
	}
	m, err := Load(ctx, tx, matterID)
	if err != nil || m.StoodAside(actor) {
		return false, err
	}
	return business || Asked(actor, m), nil
}

// Options are the acts on a matter for the caller: at each open step, and on the whole.
func (s *Service) Options(ctx context.Context, tx *sqldb.Tx, m *Matter) ([]act.Option, error) {
	actor, err := Standing(ctx, tx, access.From(ctx))
	if err != nil {
		return nil, err
	}
	o := &options{s: s, tx: tx, m: m, objects: s.objects(s.kinds[m.Kind], m)}
	c, day := counter{s.acts.Law().Calendar()}, workday.DateOf(tx.Now())
	for i := range m.Steps {
		if m.Steps[i].State == StepOpen {
			o.atStep(ctx, &m.Steps[i], actor, day)
		}
	}
	mine := actor.Org != "" && actor.Org == m.Applicant
	if mine && m.State == Returned {
		o.add(ctx, "matter.supplement", "", nil)
	}
	if mine && !m.Over() {
		o.add(ctx, "matter.withdraw", "", nil)
	}
	if mine && m.State == Refused && m.Appeal != nil {
		o.add(ctx, "matter.appeal", "", m.mayAppeal(day, c))
	}
	invited := m.asGuest(actor, "") != nil
	if m.State == Running && !invited {
		probe := *m
		o.add(ctx, "matter.urge", "", probe.urge(Urge{At: tx.Now(), By: actor.Account, Org: actor.Org}, c))
	}
	if !mine && !invited && actor.Has(offices...) {
		o.add(ctx, "matter.copy", "", nil)
		if !m.Over() {
			o.add(ctx, "matter.consult", "", nil)
		}
	}
	for _, c := range m.Consultations {
		if c.waitsFor(actor.Account) {
			o.add(ctx, "matter.advise", c.ID, nil)
		}
	}
	unread, err := toRead(ctx, tx, m.ID, actor.Addresses())
	if err != nil {
		return nil, err
	}
	if unread {
		o.add(ctx, "matter.read", "", nil)
	}
	for i := range m.Steps {
		st := &m.Steps[i]
		if slices.ContainsFunc(st.Opinions, func(given Opinion) bool { return st.mayCorrect(actor, given) }) {
			o.add(ctx, "matter.correct", st.ID, nil)
		}
	}
	if m.State == Passed && s.kinds[m.Kind].Revoked != nil && !mine && !invited && actor.Has(offices...) {
		probe := *m
		o.add(ctx, "matter.revoke", "", probe.revoke(actor, tx.Now(), ""))
	}
	return o.list, o.err
}

// options collects what the caller may do.
type options struct {
	s       *Service
	tx      *sqldb.Tx
	m       *Matter
	objects map[string]string
	list    []act.Option
	err     error
}

func (o *options) add(ctx context.Context, name, on string, state error) {
	if o.err != nil {
		return
	}
	found, err := o.s.acts.Option(ctx, o.tx, name, state, o.objects)
	found.On = on
	o.list, o.err = append(o.list, found), err
}

// atStep lists the acts at one open step: deciding is shown to everyone with the reason why it is closed to them, the
// others to those who hold it.
func (o *options) atStep(ctx context.Context, s *Step, actor access.Actor, day workday.Date) {
	_, by, seated := o.m.sits(s, actor)
	state := seated
	switch {
	case s.waitsFor(actor):
		state = nil
	case s.asks(actor) && seated != nil:
		state = refuse(errs.Conflict, s.Cite, "您已对“%s”提出加签意见, 请等待承办人员办理", s.Title)
	case state == nil && (s.spoken(actor.Account, actor.Org) || by != nil && s.spoken(by.Account, "")):
		state = refuse(errs.Conflict, s.Cite, "您或贵单位已在“%s”环节提出过意见, 请等待其他人员办理", s.Title)
	case state == nil && s.paused() != nil:
		state = refuse(errs.Conflict, s.Pause.Cite, "“%s”环节正在中止计时, 请先恢复计时再办理", s.Title)
	}
	o.add(ctx, "matter.decide", s.ID, state)
	if actor.Oversees(o.m.Area, access.Bureau, access.Government, access.Upper) {
		o.add(ctx, "matter.supervise", s.ID, nil)
	}
	if s.OfflineIf != "" {
		o.offline(ctx, s, actor, seated == nil)
	}
	if s.members() != "" && actor.Has(access.Member) {
		o.add(ctx, "matter.opine", s.ID, s.mayOpine(actor))
	}
	if seated != nil {
		return
	}
	if s.Draw != nil {
		o.add(ctx, "matter.recuse", s.ID, state)
	} else {
		o.add(ctx, "matter.transfer", s.ID, nil)
	}
	if s.Publicity != nil {
		o.add(ctx, "matter.object.decide", s.ID, nil)
		return
	}
	o.add(ctx, "matter.cosign", s.ID, nil)
	if s.Pause != nil && s.paused() == nil {
		o.add(ctx, "matter.pause", s.ID, nil)
	}
	if s.paused() != nil {
		o.add(ctx, "matter.resume", s.ID, nil)
	}
	if s.Extend != nil && s.Extended == nil {
		var late error
		if s.missed(day) != nil {
			late = refuse(errs.Unlawful, s.Extend.Cite, "“%s”环节的期限已经届满, 不能再延期", s.Title)
		}
		o.add(ctx, "matter.extend", s.ID, late)
	}
	switch {
	case s.Draw != nil:
	case s.Pending == nil:
		o.add(ctx, "matter.record", s.ID, nil)
	default:
		var own error
		if s.Pending.By == actor.Account {
			own = refuse(errs.Forbidden, s.Cite, "补录须由另一人核对原件后确认")
		}
		o.add(ctx, "matter.record.confirm", s.ID, own)
	}
}

// offline lists the acts of moving a step off line, in their order.
func (o *options) offline(ctx context.Context, s *Step, actor access.Actor, seated bool) {
	f := s.Offline
	switch {
	case (f == nil || f.Consent == "denied") && (seated || actor.Has(access.Operator)):
		o.add(ctx, "matter.offline.ask", s.ID, nil)
	case f != nil && f.Consent == "" && actor.Has(access.Bureau):
		o.add(ctx, "matter.offline.consent", s.ID, nil)
	case f != nil && f.Consent == "given" && f.Switched == nil && actor.Has(access.Operator):
		o.add(ctx, "matter.offline.switch", s.ID, nil)
	}
}

// SignText is what a passing opinion at one of the caller's open steps must sign; empty where none must.
func (s *Service) SignText(ctx context.Context, tx *sqldb.Tx, m *Matter) (string, error) {
	kind := s.kinds[m.Kind]
	if kind.Signs == nil {
		return "", nil
	}
	for i := range m.Steps {
		step := &m.Steps[i]
		if step.State != StepOpen {
			continue
		}
		if _, _, err := m.sits(step, access.From(ctx)); err != nil {
			continue
		}
		if text, signs, err := kind.Signs(ctx, tx, m, step); err != nil || signs {
			return text, err
		}
	}
	return "", nil
}

// OpenTitles names the steps that are open now.
func (m *Matter) OpenTitles() string {
	var titles []string
	for _, s := range m.Steps {
		if s.State == StepOpen {
			titles = append(titles, s.Title)
		}
	}
	return strings.Join(titles, "、")
}
