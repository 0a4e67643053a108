package matter

import (
	"context"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Decision is what a decider says.
type Decision struct {
	Verdict   Verdict         `json:"verdict" enum:"pass,return,refuse,agree,disagree"`
	Reason    string          `json:"reason" minLength:"2" maxLength:"2000" doc:"No decision without a reason"`
	Checks    map[string]bool `json:"checks,omitempty"`
	To        string          `json:"to,omitempty" maxLength:"80" doc:"With return: the earlier step it goes back to (退回); empty sends it to the applicant (补正)"`
	Items     []Lack          `json:"items,omitempty" maxItems:"50" doc:"With return to the applicant: everything that must be supplemented, told once"`
	Excuse    string          `json:"excuse,omitempty" maxLength:"2000" doc:"Why a limit that holds in principle (原则上) was missed"`
	Document  *Paper          `json:"document,omitempty" doc:"The paper of a decision taken elsewhere"`
	Consults  []string        `json:"consults,omitempty" maxItems:"20" doc:"Consultations of experts that the opinion cites"`
	Signature *Signature      `json:"signature,omitempty"`

	NoConflict bool `json:"no_conflict,omitempty" doc:"On a drawn panel: the expert declares to have no interest in the application (无利害关系)"`
}

// Decide records an opinion at a step and moves the matter on: the next steps open, or it ends and its effect follows,
// all in one act.
func (s *Service) Decide(ctx context.Context, matterID, stepID string, d Decision) (*Matter, error) {
	var m *Matter
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.decide", Matter: matterID, Step: stepID}, func(ctx context.Context, tx *act.Tx) (err error) {
		if m, err = s.visible(ctx, tx, matterID); err != nil {
			return err
		}
		return s.decideTx(ctx, tx, m, stepID, d)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (s *Service) decideTx(ctx context.Context, tx *act.Tx, m *Matter, stepID string, d Decision) error {
	h := &hand{kind: s.kinds[m.Kind], m: m, count: s.counter(tx)}
	var err error
	if h.step, err = m.Step(stepID); err != nil {
		return err
	}
	if h.actor, err = Standing(ctx, tx.Tx, tx.Actor()); err != nil {
		return err
	}
	// An application of one's own organization is the law's to refuse, with its article; the rest is told at once.
	own := h.actor.Org != "" && h.actor.Org == m.Applicant
	if !own {
		if err := m.inHand(h.step); err != nil {
			return err
		}
		if h.step.asks(h.actor) {
			return s.answer(ctx, tx, h, d)
		}
		if h.seat, h.by, err = m.sits(h.step, h.actor); err != nil {
			return err
		}
	}
	if err := tx.Judge(ctx, s.objects(h.kind, m)); err != nil {
		return err
	}
	if own {
		if err := m.inHand(h.step); err != nil {
			return err
		}
		if h.seat, h.by, err = m.sits(h.step, h.actor); err != nil {
			return err
		}
	}
	if err := s.give(ctx, tx, h, h.opinion(tx.Now()), d); err != nil {
		return err
	}
	return s.save(ctx, tx, m)
}

// give records a decision as the opinion o at the step in hand and lets follow what follows.
func (s *Service) give(ctx context.Context, tx *act.Tx, h *hand, o Opinion, d Decision) error {
	m, step := h.m, h.step
	o.Verdict, o.Reason, o.Checks, o.To, o.Items, o.Excuse, o.Document, o.Consults = d.Verdict, d.Reason, answers(step, d.Checks), d.To, d.Items, d.Excuse, d.Document, d.Consults
	o.NoConflict = step.Draw != nil && d.NoConflict
	missed := step.missed(o.day())
	if o.Late = missed != nil; !o.Late {
		o.Excuse = ""
	}
	if !step.Records && o.Day == "" {
		o.Document = nil // what nobody asked for is not kept
	}
	if err := m.mayDecide(step, o); err != nil {
		return err
	}
	var err error
	if o.Signature, err = s.signed(ctx, tx, h.kind, m, step, d); err != nil {
		return err
	}
	m.decide(step, o, h.count)
	tx.Under(step.specials()...)
	if o.Excuse != "" {
		if err := s.tellApplicant(ctx, tx, m, step, "超过期限 "+missed.Due.String()+" 办理, 原因: "+o.Excuse); err != nil {
			return err
		}
	}
	return s.settle(ctx, tx, h.kind, m, step, h.seat)
}

// answer records the opinion of somebody who was asked besides those the law names (加签).
func (s *Service) answer(ctx context.Context, tx *act.Tx, h *hand, d Decision) error {
	if err := tx.Judge(ctx, s.objects(h.kind, h.m)); err != nil {
		return err
	}
	o := Opinion{Account: h.actor.Account, Name: h.actor.Name, Verdict: d.Verdict, Reason: d.Reason, At: tx.Now()}
	i := slices.IndexFunc(h.step.Asks, func(a Ask) bool { return a.of(h.actor) && a.Verdict == "" })
	if err := h.step.answer(h.actor, o); err != nil {
		return err
	}
	h.m.event(Event{At: tx.Now(), What: "answered", Step: h.step.ID, Who: h.actor.Name, Reason: d.Reason})
	if err := closeTasks(ctx, tx, h.m.ID, h.step.ID, h.step.Asks[i].inbox()); err != nil {
		return err
	}
	return s.save(ctx, tx, h.m)
}

// settle closes and opens tasks and lets the effect follow.
func (s *Service) settle(ctx context.Context, tx *act.Tx, kind Kind, m *Matter, step *Step, seat string) error {
	var err error
	switch {
	case m.State != Running:
		err = closeTasks(ctx, tx, m.ID, "", "")
	case step.State != StepOpen:
		err = s.closeOver(ctx, tx, m)
	case !access.IsRoleAddress(seat):
		err = closeTasks(ctx, tx, m.ID, step.ID, seat)
	}
	if err != nil {
		return err
	}
	switch {
	case m.State == Running && step.State == StepOpen && step.Join == joinSequence:
		for _, to := range step.turn() {
			err = s.taskOnce(ctx, tx, m, step, to)
		}
	case m.State == Running:
		err = s.open(ctx, tx, kind, m)
	case m.State == Returned:
		err = s.askSupplement(ctx, tx, m)
	case kind.Ended != nil:
		err = kind.Ended(ctx, tx, m)
	}
	return err
}

// closeOver closes the tasks of every step that is not open any more, such as those that a return to an earlier step reset.
func (s *Service) closeOver(ctx context.Context, tx *act.Tx, m *Matter) error {
	for i := range m.Steps {
		if st := &m.Steps[i]; st.State != StepOpen {
			if err := closeTasks(ctx, tx, m.ID, st.ID, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// answers keeps the answers to the step's own checks.
func answers(step *Step, given map[string]bool) map[string]bool {
	var out map[string]bool
	for _, c := range step.Checks {
		if v, ok := given[c.ID]; ok {
			if out == nil {
				out = map[string]bool{}
			}
			out[c.ID] = v
		}
	}
	return out
}

// signed checks the signature that a passing opinion needs and returns it; where none is needed none is kept.
func (s *Service) signed(ctx context.Context, tx *act.Tx, kind Kind, m *Matter, step *Step, d Decision) (*Signature, error) {
	if kind.Signs == nil || d.Verdict != Pass {
		return nil, nil
	}
	text, signs, err := kind.Signs(ctx, tx.Tx, m, step)
	if err != nil || !signs {
		return nil, err
	}
	if d.Signature == nil || d.Signature.Signed != text {
		return nil, errs.New(errs.Invalid, "通过意见须对待审内容的摘要签名; 内容可能已变化, 请刷新后重新签名")
	}
	key, err := access.LoadKey(ctx, tx.Tx, d.Signature.Key)
	if err != nil {
		return nil, err
	}
	if key.Account != tx.Actor().Account || key.Closed {
		return nil, errs.New(errs.Forbidden, "这个签名公钥不是您登记的, 请用本人的密钥签名")
	}
	return d.Signature, key.Verify([]byte(text), d.Signature.Value)
}

func (s *Service) askSupplement(ctx context.Context, tx *act.Tx, m *Matter) error {
	t := s.newTask(tx, m, access.AccountAddress(m.Filer))
	t.Step, t.StepTitle = supplementStep, "补正"
	if m.Answer != nil {
		t.Due, t.Explain = m.Answer.Due.String(), m.Answer.Explain
	}
	return insertTask(ctx, tx.Tx, t)
}

// Supplement (补正) answers a return: documents of the same kind are replaced, the former stay as a version, and the clock
// starts anew.
func (s *Service) Supplement(ctx context.Context, matterID string, docs []Document) (*Matter, error) {
	if err := readable(docs); err != nil {
		return nil, err
	}
	return s.byApplicant(ctx, "matter.supplement", matterID, func(ctx context.Context, tx *act.Tx, kind Kind, m *Matter) error {
		former := Round{Round: m.Rounds, Documents: slices.Clone(m.Documents)}
		if err := m.supplement(tx.Now(), tx.Actor().Name, docs); err != nil {
			return err
		}
		m.Versions = append(m.Versions, Former{Round: former.Round, At: tx.Now(), Kinds: DocumentKinds(former.Documents)})
		if err := insertVersion(ctx, tx.Tx, m.ID, former); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "matter-version", versionID(m.ID, former.Round), former); err != nil {
			return err
		}
		if err := closeTasks(ctx, tx, m.ID, "", ""); err != nil {
			return err
		}
		return s.open(ctx, tx, kind, m)
	})
}

// Withdraw (撤回) ends a matter at the applicant's wish.
func (s *Service) Withdraw(ctx context.Context, matterID, reason string) (*Matter, error) {
	return s.byApplicant(ctx, "matter.withdraw", matterID, func(ctx context.Context, tx *act.Tx, kind Kind, m *Matter) error {
		if err := m.withdraw(tx.Now(), tx.Actor().Name, reason); err != nil {
			return err
		}
		if err := closeTasks(ctx, tx, m.ID, "", ""); err != nil {
			return err
		}
		if kind.Ended == nil {
			return nil
		}
		return kind.Ended(ctx, tx, m)
	})
}

func (s *Service) byApplicant(ctx context.Context, name, matterID string, fn func(context.Context, *act.Tx, Kind, *Matter) error) (*Matter, error) {
	var m *Matter
	_, err := s.acts.Do(ctx, act.Call{Act: name, Matter: matterID}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err = tx.Lock(ctx, matterID); err != nil {
			return err
		}
		if m, err = Load(ctx, tx.Tx, matterID); err != nil {
			return err
		}
		if tx.Actor().Org != m.Applicant {
			return noMatter()
		}
		kind := s.kinds[m.Kind]
		if err := tx.Judge(ctx, s.objects(kind, m)); err != nil {
			return err
		}
		if err := fn(ctx, tx, kind, m); err != nil {
			return err
		}
		return s.save(ctx, tx, m)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// settleSupervisions marks supervisions whose step is over.
func (m *Matter) settleSupervisions(now time.Time) {
	for i := range m.Supervisions {
		v := &m.Supervisions[i]
		if s, err := m.Step(v.Step); v.Ended == nil && (m.State != Running || err != nil || s.State != StepOpen) {
			at := now
			v.Ended = &at
		}
	}
}
