package matter

import (
	"context"
	"maps"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// Copy (抄送) is somebody who was sent the matter to read.
type Copy struct {
	To     string     `json:"to" doc:"An inbox"`
	By     string     `json:"by"`
	At     time.Time  `json:"at"`
	Reason string     `json:"reason,omitempty"`
	Read   *time.Time `json:"read,omitempty"`

	Outside bool `json:"outside,omitempty" doc:"Of another body: sees this file until it is noted, and nothing afterwards"`
}

// Urge (催办) asks those who hold the matter to hurry.
type Urge struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Name string    `json:"name"`
	Org  string    `json:"org,omitempty"`
	Text string    `json:"text"`
}

// Supervision (督办) is the bureau's demand to finish a step by a day.
type Supervision struct {
	Step   string       `json:"step"`
	By     string       `json:"by"`
	Name   string       `json:"name"`
	At     time.Time    `json:"at"`
	Until  workday.Date `json:"until"`
	Text   string       `json:"text"`
	Ended  *time.Time   `json:"ended,omitempty" doc:"When the step was over"`
	Missed workday.Date `json:"missed,omitempty" doc:"The day on which it was found overdue"`
}

// waits reports whether the supervision still waits for its step.
func (v Supervision) waits() bool { return v.Ended == nil && v.Missed == "" }

// urge records a reminder, at most one of an organization on a working day; on a day that is not worked it counts for the
// next that is.
func (m *Matter) urge(u Urge, c counter) error {
	if m.State != Running {
		return errs.New(errs.Conflict, "这个办件已%s, 不需要催办, 请刷新查看", stateWords[m.State])
	}
	for _, old := range m.Urges {
		next, _ := c.count(workday.DateOf(old.At), 1, true, nil)
		if (old.By == u.By || u.Org != "" && old.Org == u.Org) && workday.DateOf(u.At) < next {
			return errs.New(errs.Conflict, "每个工作日可以催办一次, 请在 %s 之后再催办", next.AddDays(-1))
		}
	}
	m.Urges = append(m.Urges, u)
	m.event(Event{At: u.At, What: "urged", Who: u.Name, Reason: u.Text})
	return nil
}

// Urge reminds whoever holds the matter (催办); the applicant, a colleague and every party may.
func (s *Service) Urge(ctx context.Context, matterID, text string) (*Matter, error) {
	return s.onMatter(ctx, "matter.urge", matterID, text, func(ctx context.Context, tx *act.Tx, m *Matter) error {
		u := Urge{At: tx.Now(), By: tx.Actor().Account, Name: tx.Actor().Name, Org: tx.Actor().Org, Text: text}
		if err := m.urge(u, s.counter(tx)); err != nil {
			return err
		}
		return s.hurry(ctx, tx, m, nil, notice.Message{Kind: notice.MatterUrged, Params: map[string]string{"text": text}})
	})
}

// Supervise demands that a step be finished by a day (督办).
func (s *Service) Supervise(ctx context.Context, matterID, stepID string, until workday.Date, text string) (*Matter, error) {
	return s.onMatter(ctx, "matter.supervise", matterID, text, func(ctx context.Context, tx *act.Tx, m *Matter) error {
		step, err := m.Step(stepID)
		if err != nil {
			return err
		}
		tx.InMatter(m.ID, stepID)
		if !tx.Actor().Area.Covers(m.Area) {
			return errs.New(errs.Forbidden, "督办由办件所在行政区域的机关或者其上级进行, 请联系他们")
		}
		if err := m.inHand(step); err != nil {
			return err
		}
		if !until.Valid() || until.Before(workday.DateOf(tx.Now())) {
			return errs.New(errs.Invalid, "督办期限应为今天或者以后的日期, 请重新填写")
		}
		m.Supervisions = append(m.Supervisions, Supervision{Step: step.ID, By: tx.Actor().Account, Name: tx.Actor().Name, At: tx.Now(), Until: until, Text: text})
		m.event(Event{At: tx.Now(), What: "supervised", Step: step.ID, Who: tx.Actor().Name, Reason: text})
		return s.hurry(ctx, tx, m, step, notice.Message{Kind: notice.MatterSupervised, Params: map[string]string{"text": text, "until": until.String()}})
	})
}

// hurry marks the open tasks of a step, or of all, as urged once more and tells those who hold them.
func (s *Service) hurry(ctx context.Context, tx *act.Tx, m *Matter, step *Step, what notice.Message) error {
	id := ""
	if step != nil {
		id = step.ID
	}
	if err := urgeTasks(ctx, tx.Tx, m.ID, id); err != nil {
		return err
	}
	held, err := heldTasks(ctx, tx.Tx, m.ID, id)
	if err != nil {
		return err
	}
	what.ObjectKind, what.Object = "matter", m.ID
	for _, t := range held {
		one := what
		one.Params = map[string]string{"title": m.Title, "step": t.StepTitle}
		maps.Copy(one.Params, what.Params)
		if err := notice.Send(ctx, tx, one, t.Addressee); err != nil {
			return err
		}
	}
	return nil
}

// Copy sends the matter to somebody to read (抄送).
func (s *Service) Copy(ctx context.Context, matterID string, to []string, reason string) (*Matter, error) {
	return s.onMatter(ctx, "matter.copy", matterID, reason, func(ctx context.Context, tx *act.Tx, m *Matter) error {
		actor := tx.Actor()
		if actor.Org != "" && actor.Org == m.Applicant {
			return errs.New(errs.Forbidden, "抄送由办理单位进行, 请联系承办人员")
		}
		if len(to) == 0 || len(to) > 20 {
			return errs.New(errs.Invalid, "请选择 1 至 20 名抄送人员")
		}
		standing, err := Standing(ctx, tx.Tx, actor)
		if err != nil {
			return err
		}
		for _, whom := range to {
			g, err := s.guestOf(ctx, tx, m, m.held(standing), standing, whom)
			if err != nil {
				return err
			}
			if a := g.account.Actor(); g.org == "" && !a.Has(append(slices.Clone(deciders), access.Auditor)...) {
				return errs.New(errs.Invalid, "只能抄送给在用的办理人员账号, 请重新选择")
			}
			if slices.ContainsFunc(m.Copies, func(c Copy) bool { return c.To == g.to && c.Read == nil }) {
				continue
			}
			m.Copies = append(m.Copies, Copy{To: g.to, By: actor.Account, At: tx.Now(), Reason: reason, Outside: g.outside})
			t := s.newTask(tx, m, g.to)
			t.Step, t.StepTitle, t.Outside = readStep, reason, g.outside
			if err := insertTask(ctx, tx.Tx, t); err != nil {
				return err
			}
		}
		m.event(Event{At: tx.Now(), What: "copied", Who: actor.Name, Reason: reason})
		return nil
	})
}

// held are the open steps that the actor holds; without one, the open steps with nothing that lets others be asked.
func (m *Matter) held(actor access.Actor) (out []*Step) {
	for i := range m.Steps {
		st := &m.Steps[i]
		if st.State != StepOpen {
			continue
		}
		if _, _, err := m.sits(st, actor); err != nil {
			shut := *st
			shut.Outside = nil
			st = &shut
		}
		out = append(out, st)
	}
	slices.SortStableFunc(out, func(a, b *Step) int { // a refusal cites the step that lets somebody be asked
		switch {
		case a.Outside != nil && b.Outside == nil:
			return -1
		case a.Outside == nil && b.Outside != nil:
			return 1
		}
		return 0
	})
	return out
}

// Read closes what was sent to the actor to read (阅知).
func (s *Service) Read(ctx context.Context, matterID string) (*Matter, error) {
	return s.onMatter(ctx, "matter.read", matterID, "阅知", func(ctx context.Context, tx *act.Tx, m *Matter) error {
		now := tx.Now()
		mine := tx.Actor().Addresses()
		for i := range m.Copies {
			if c := &m.Copies[i]; c.Read == nil && slices.Contains(mine, c.To) {
				c.Read = &now
			}
		}
		for _, to := range mine {
			if err := closeTasks(ctx, tx, m.ID, readStep, to); err != nil {
				return err
			}
		}
		return nil
	})
}

// read puts the matter into an inbox to be read; it has no deadline and holds nothing up.
func (s *Service) read(ctx context.Context, tx *act.Tx, m *Matter, to, why string) error {
	t := s.newTask(tx, m, to)
	t.Step, t.StepTitle = readStep, why
	return insertTask(ctx, tx.Tx, t)
}

// tellApplicant tells the applicant what happened to the time limits of its matter.
func (s *Service) tellApplicant(ctx context.Context, tx *act.Tx, m *Matter, step *Step, what string) error {
	return s.read(ctx, tx, m, access.AccountAddress(m.Filer), step.Title+": "+what)
}

// onMatter does an act on a matter that needs no seat: who may see it and holds one of the act's roles may do it.
func (s *Service) onMatter(ctx context.Context, name, matterID, reason string, fn func(context.Context, *act.Tx, *Matter) error) (*Matter, error) {
	var m *Matter
	_, err := s.acts.Do(ctx, act.Call{Act: name, Matter: matterID}, func(ctx context.Context, tx *act.Tx) (err error) {
		if m, err = s.visible(ctx, tx, matterID); err != nil {
			return err
		}
		if err := m.asGuest(tx.Actor(), name); err != nil {
			return err
		}
		if err := tx.Judge(ctx, s.objects(s.kinds[m.Kind], m)); err != nil {
			return err
		}
		if err := said(reason); err != nil {
			return err
		}
		if err := fn(ctx, tx, m); err != nil {
			return err
		}
		return s.save(ctx, tx, m)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}
