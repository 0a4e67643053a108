package matter

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Step finds a step by id.
func (m *Matter) Step(id string) (*Step, error) {
	for i := range m.Steps {
		if m.Steps[i].ID == id {
			return &m.Steps[i], nil
		}
	}
	return nil, errs.New(errs.NotFound, "这个办件没有 %s 环节, 请刷新后重试", id)
}

// Over reports whether nothing more can happen to the matter but being revoked or appealed against.
func (m *Matter) Over() bool { return m.State != Running && m.State != Returned }

// ready lists the waiting steps that can open.
func (m *Matter) ready() []*Step {
	var out []*Step
	for i := range m.Steps {
		if s := &m.Steps[i]; s.State == StepWaiting && m.canOpen(s) {
			out = append(out, s)
		}
	}
	return out
}

// canOpen reports whether what the step comes after is over. An opinion that binds nobody and has been asked for holds
// nothing up once a binding step beside it is over: it may still be given, but whoever is silent decides nothing by that
// (泉州 七(二)5: 不作为审批是否通过的必要条件).
func (m *Matter) canOpen(s *Step) bool {
	unanswered, binding := false, false
	for _, id := range s.After {
		p, err := m.Step(id)
		switch {
		case err != nil:
			return false
		case p.State == StepSkipped && !m.canOpen(p):
			return false // what is left out passes on what it waited for: nobody overtakes the first review
		case p.over():
			binding = binding || p.Binding
		case p.Binding || p.State != StepOpen:
			return false
		default:
			unanswered = true
		}
	}
	return binding || !unanswered
}

func (s *Step) over() bool { return s.State == StepDone || s.State == StepSkipped }

// open opens a step for its addressees and starts its clocks.
func (m *Matter) open(s *Step, addressed []string, c counter, now time.Time) {
	s.State, s.Opened, s.Addressed = StepOpen, &now, addressed
	switch {
	case s.Join == joinAll, s.Join == joinSequence:
		s.Need = len(addressed)
	case s.Join == "" && s.Binding && organizations(addressed):
		// Whose data it is, each must agree: one department does not consent for another.
		s.Need = max(s.Need, len(addressed))
	}
	if s.Publicity != nil {
		s.Public = &Public{From: workday.DateOf(now), Objections: s.Objections()} // those of an earlier period stay readable
	}
	c.recount(s)
	m.event(Event{At: now, What: "opened", Step: s.ID})
}

// inHand reports whether the step can be worked on by anybody now.
func (m *Matter) inHand(s *Step) error {
	switch {
	case m.State != Running:
		return refuse(errs.Conflict, s.Cite, "这个办件已%s, 不能再办理, 请刷新查看", stateWords[m.State])
	case s.State != StepOpen:
		return refuse(errs.Conflict, s.Cite, "“%s”环节现在不在办理中, 请刷新查看", s.Title)
	}
	return nil
}

// mayDecide checks everything that needs neither the law nor the addressee: the state, the reason, the checks.
func (m *Matter) mayDecide(s *Step, o Opinion) error {
	if err := m.inHand(s); err != nil {
		return err
	}
	switch {
	case s.spoken(o.Account, o.Org) || o.For != "" && s.spoken(o.For, ""):
		return refuse(errs.Conflict, s.Cite, "您或贵单位已在“%s”环节提出过意见, 不能重复办理; 请等待其他人员办理", s.Title)
	case s.Publicity != nil && o.Verdict == Pass:
		return refuse(errs.Conflict, s.Publicity.For.Cite, "“%s”须公示至 %s, 期满且没有未处理的异议后由平台自动通过, 无需办理", s.Title, s.Public.Deadline.Due)
	case s.paused() != nil:
		return refuse(errs.Conflict, s.Pause.Cite, "“%s”环节正在中止计时 (%s), 请先恢复计时再办理", s.Title, s.paused().Reason)
	case o.To == "" && !slices.Contains(s.May, o.Verdict):
		return errs.New(errs.Invalid, "“%s”环节不能作出这种决定, 请从页面所列选项中选择", s.Title)
	case len([]rune(strings.TrimSpace(o.Reason))) < 2:
		return errs.New(errs.Invalid, "请填写理由后再提交")
	case s.Draw != nil && !o.NoConflict:
		return undeclared()
	case s.Records && o.Document == nil && o.Verdict != Return:
		return refuse(errs.Invalid, s.Cite, "“%s”登记的是另行作出的决定, 请填写文号并上传决定文件", s.Title)
	}
	for _, err := range []error{checked(s, o), s.asked(o), m.mayReturn(s, o), s.excused(o), m.cited(o)} {
		if err != nil {
			return err
		}
	}
	return nil
}

// undeclared refuses an opinion of somebody drawn by lot who has not said that nothing ties them to the applicant.
func undeclared() error {
	const say = "请先声明与申请单位没有利害关系; 有利害关系的请办理回避"
	return &errs.Error{Code: errs.Invalid, Msg: say, Spots: []errs.Spot{{Where: "body.no_conflict", Message: say}}}
}

// mayReturn holds a return to its form: an earlier step that exists, and one complete notice of what is missing
// (一次性告知): what was not named the first time cannot be asked for the second time.
func (m *Matter) mayReturn(s *Step, o Opinion) error {
	if o.To != "" {
		if o.Verdict != Return {
			return errs.New(errs.Invalid, "只有退回时才填写退回到哪个环节, 请改正")
		}
		if to, err := m.Step(o.To); err != nil || !m.before(to, s) || to.State != StepDone {
			return errs.New(errs.Invalid, "“%s”不能退回到所选环节, 请从已办结的前序环节中选择", s.Title)
		}
		return nil
	}
	if o.Verdict != Return || len(o.Items) == 0 {
		return nil
	}
	told := map[string]bool{}
	for _, p := range s.Past {
		for _, item := range p.Items {
			told[item.Kind] = true
		}
	}
	for _, item := range o.Items {
		if len(told) > 0 && !told[item.Kind] {
			return refuse(errs.Unlawful, s.Cite, "需要补正的内容应当一次性告知; “%s”上次没有告知, 不能再要求补正。请依现有材料办理", item.Kind)
		}
	}
	return nil
}

// excused asks for an explanation where a limit that holds in principle (原则上) has been missed (泉州 三(七)).
func (s *Step) excused(o Opinion) error {
	k := s.missed(o.day())
	if k == nil || !k.Limit.Soft || len([]rune(strings.TrimSpace(o.Excuse))) >= 2 {
		return nil
	}
	return refuse(errs.Invalid, k.Limit.Cite, "“%s”环节原则上应在 %s 前办结, 现已超期; 请说明超期的原因, 它会告知申请人", s.Title, k.Due)
}

// day is the legal day of an opinion: of a late entry, when it was decided on paper.
func (o Opinion) day() workday.Date {
	if o.Day != "" {
		return o.Day
	}
	return workday.DateOf(o.At)
}

// before reports whether p comes before s on some way through the procedure.
func (m *Matter) before(p, s *Step) bool {
	for _, id := range s.After {
		if id == p.ID {
			return true
		}
		if q, err := m.Step(id); err == nil && m.before(p, q) {
			return true
		}
	}
	return false
}

// checked asks for an answer to every check, and lets nobody pass what they marked as failing.
func checked(s *Step, o Opinion) error {
	if o.To != "" {
		return nil
	}
	for _, c := range s.Checks {
		ok, answered := o.Checks[c.ID]
		switch {
		case !answered:
			return errs.New(errs.Invalid, "请先对“%s”给出结论", c.Title)
		case !ok && o.Verdict == Pass:
			return errs.New(errs.Invalid, "“%s”一项未通过, 不能作出通过的决定; 请退回或不予通过", c.Title)
		}
	}
	return nil
}

var stateWords = map[State]string{Running: "在办", Returned: "退回补正", Passed: "办结通过", Refused: "不予通过", Withdrawn: "撤回", Revoked: "撤销"}

// decide records an opinion and moves the step and the matter on. It assumes mayDecide.
func (m *Matter) decide(s *Step, o Opinion, c counter) {
	s.Opinions = append(s.Opinions, o)
	m.event(Event{At: o.At, What: "decided", Step: s.ID, Who: o.Name, Reason: o.Reason})
	if k := s.missed(o.day()); k != nil && o.Excuse != "" {
		m.event(Event{At: o.At, What: "excused", Step: s.ID, Who: o.Name, Reason: o.Excuse, Cite: &k.Limit.Cite})
	}
	switch {
	case !s.Binding:
		if len(s.Opinions) >= len(s.Addressed) {
			s.State = StepDone
		}
	case o.Verdict == Return && o.To != "":
		m.sendBack(s, o)
	case o.Verdict == Return:
		s.State = StepDone
		m.end(Returned, o)
		if m.Supplement != nil {
			m.Answer = c.clock(*m.Supplement, o.At, nil, nil).since(m.Moved, inSupplement, 0)
		}
	case o.Verdict == Refuse && (s.Publicity != nil || !s.canStillPass()):
		s.State = StepDone
		m.end(Refused, o)
	case s.passed():
		s.State = StepDone
	}
	if m.State == Running && m.allOver() {
		m.end(Passed, o)
	}
}

// sendBack hands the matter to an earlier step: it and everything after it begins again.
func (m *Matter) sendBack(s *Step, o Opinion) {
	to, _ := m.Step(o.To)
	var again []*Step
	for i := range m.Steps {
		p := &m.Steps[i]
		if p.Skipped == nil && (p == to || m.before(to, p)) {
			again = append(again, p)
		}
	}
	for _, p := range again {
		p.reset()
	}
	m.event(Event{At: o.At, What: "sent_back", Step: to.ID, Who: o.Name, Reason: o.Reason})
}

// reset makes a step wait again; what was said stays readable as an earlier round.
func (s *Step) reset() {
	s.Past = append(s.Past, s.Opinions...)
	for i := range s.Objections() {
		if x := &s.Public.Objections[i]; x.State == ObjectionOpen {
			x.State, x.Reply = ObjectionClosed, "公示已终止"
		}
	}
	s.State, s.Opinions, s.Opened, s.Deadline, s.Clocks, s.Lapses = StepWaiting, nil, nil, nil, nil, nil
	s.Pauses, s.Extended, s.Escalated, s.Asks, s.Pending = nil, nil, "", nil, nil
}

// allOver reports whether nothing is left that the outcome depends on.
func (m *Matter) allOver() bool {
	return !slices.ContainsFunc(m.Steps, func(s Step) bool { return !s.over() && (s.Binding || s.State != StepOpen) })
}

// end closes the matter, or hands it back: whatever was open or waiting is closed.
func (m *Matter) end(to State, o Opinion) {
	m.State = to
	for i := range m.Steps {
		s := &m.Steps[i]
		if s.State == StepOpen || s.State == StepWaiting {
			s.State = StepClosed
		}
		s.Pending = nil
		for j := range s.Objections() {
			if x := &s.Public.Objections[j]; x.State == ObjectionOpen {
				x.State, x.Reply = ObjectionClosed, "办件已"+stateWords[to]
			}
		}
	}
	m.event(Event{At: o.At, What: string(to), Who: o.Name, Reason: o.Reason})
	if m.Over() {
		at := o.At
		m.Closed = &at
	}
}

// supplement starts the steps again after a return: the steps that passed before the returning one stay passed, and
// the clock of the others starts anew.
func (m *Matter) supplement(at time.Time, who string, docs []Document) error {
	if m.State != Returned {
		return errs.New(errs.Conflict, "这个办件现在不需要补正, 请刷新查看")
	}
	if m.Answer != nil && m.Answer.Missed(workday.DateOf(at)) {
		return refuse(errs.Unlawful, m.Answer.Limit.Cite, "补正期限已于 %s 届满, 请重新申请", m.Answer.Due)
	}
	m.Documents = slices.DeleteFunc(m.Documents, func(old Document) bool { return slices.Contains(DocumentKinds(docs), old.Kind) })
	m.Documents = append(m.Documents, docs...)
	m.Rounds++
	m.again()
	m.event(Event{At: at, What: "supplemented", Who: who})
	return nil
}

// again lets the matter run on from the step that stopped it.
func (m *Matter) again() {
	m.State, m.Answer, m.Closed = Running, nil, nil
	for i := range m.Steps {
		s := &m.Steps[i]
		if s.restarts() {
			s.reset()
		}
	}
}

// restarts reports whether a step begins anew once the matter that it or another stopped runs on.
func (s *Step) restarts() bool {
	return s.State == StepClosed || slices.ContainsFunc(s.Opinions, func(o Opinion) bool {
		return s.Binding && (o.Verdict == Return || o.Verdict == Refuse && !s.passed())
	})
}

// withdraw ends the matter at the applicant's wish.
func (m *Matter) withdraw(at time.Time, who, reason string) error {
	if m.Over() {
		return errs.New(errs.Conflict, "这个办件已%s, 不能撤回; 请刷新查看结果", stateWords[m.State])
	}
	m.end(Withdrawn, Opinion{At: at, Name: who, Reason: reason})
	return nil
}

// LastReason is what the last decision or withdrawal said.
func (m *Matter) LastReason() string {
	for i := len(m.Events) - 1; i >= 0; i-- {
		if m.Events[i].Reason != "" {
			return m.Events[i].Reason
		}
	}
	return stateWords[m.State]
}

func (m *Matter) event(e Event) { m.Events = append(m.Events, e) }

// organizations reports whether a step is addressed to organizations by name.
func organizations(addressed []string) bool {
	return !slices.ContainsFunc(addressed, func(to string) bool { return !strings.HasPrefix(to, "org:") })
}

// accounts counts the addresses that are one person's.
func accounts(addressed []string) int {
	n := 0
	for _, to := range addressed {
		if strings.HasPrefix(to, access.AccountAddress("")) {
			n++
		}
	}
	return n
}
