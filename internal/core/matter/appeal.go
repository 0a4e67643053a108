package matter

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
)

// KindAppeal is the matter that decides on an appeal (申诉).
const KindAppeal = "matter.appeal"

// Appeal files an appeal against a refusal: a new matter before the role that the pack names. Where it passes, the refusal is
// set aside.
func (s *Service) Appeal(ctx context.Context, matterID, grounds string, docs []Document) (*Matter, error) {
	if err := readable(docs); err != nil {
		return nil, err
	}
	var appeal *Matter
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.appeal", Matter: matterID}, func(ctx context.Context, tx *act.Tx) error {
		m, err := s.visible(ctx, tx, matterID)
		if err != nil {
			return err
		}
		if tx.Actor().Org != m.Applicant {
			return errs.New(errs.Forbidden, "申诉由申请人提出, 请联系申请单位的经办人")
		}
		if err := said(grounds); err != nil {
			return err
		}
		if err := m.mayAppeal(workday.DateOf(tx.Now()), s.counter(tx)); err != nil {
			return err
		}
		if err := tx.Judge(ctx, s.objects(s.kinds[m.Kind], m)); err != nil {
			return err
		}
		if appeal, err = s.fileAppeal(ctx, tx, m, grounds, docs); err != nil {
			return err
		}
		m.Appealed = appeal.ID
		m.event(Event{At: tx.Now(), What: "appealed", Who: tx.Actor().Name, Reason: grounds})
		return s.save(ctx, tx, m)
	})
	return appeal, err
}

// mayAppeal reports why a refusal cannot be appealed against, or not any more.
func (m *Matter) mayAppeal(day workday.Date, c counter) error {
	switch {
	case m.State != Refused:
		return errs.New(errs.Conflict, "只有不予通过的办件可以申诉; 这个办件%s", stateWords[m.State])
	case m.Appeal == nil:
		return errs.New(errs.Conflict, "现行规则没有规定这类办件的申诉, 可以依法申请行政复议或者提起诉讼")
	case m.Appealed != "":
		return refuse(errs.Conflict, m.Appeal.Cite, "这个决定已经申诉过一次, 不能重复申诉; 可以依法申请行政复议或者提起诉讼")
	}
	if w := m.Appeal.Within; w != nil {
		if k := c.clock(*w, *m.Closed, nil, nil); k.Missed(day) {
			return refuse(errs.Unlawful, w.Cite, "申诉期限已于 %s 届满 (%s), 可以依法申请行政复议或者提起诉讼", k.Due, k.Explain)
		}
	}
	return nil
}

func (s *Service) fileAppeal(ctx context.Context, tx *act.Tx, m *Matter, grounds string, docs []Document) (*Matter, error) {
	steps, pack, err := appealSteps(tx, m.Appeal)
	if err != nil {
		return nil, err
	}
	a := &Matter{
		ID: tx.NewID("mat"), Kind: KindAppeal, Title: "申诉: " + m.Title, Applicant: m.Applicant, Area: m.Area, Filer: tx.Actor().Account, Subject: m.ID,
		State: Running, Day: tx.Day(), Regimes: tx.Law().Digests(), Pack: pack, Of: m.ID, Barred: m.refusers(), Opened: tx.Now(), Steps: steps,
		Documents: append([]Document{{Kind: "appeal-grounds", Title: "申诉理由", Text: grounds}}, docs...),
	}
	a.event(Event{At: tx.Now(), What: "submitted", Who: tx.Actor().Name, Reason: grounds})
	if err := insertMatter(ctx, tx.Tx, a); err != nil {
		return nil, err
	}
	if err := s.open(ctx, tx, s.kinds[KindAppeal], a); err != nil {
		return nil, err
	}
	return a, s.save(ctx, tx, a)
}

// appealSteps are those of the pack's own procedure for appeals, or one step of the role that its article names.
func appealSteps(tx *act.Tx, to *regime.Appeal) (steps []Step, pack string, err error) {
	proc, err := tx.Law().Procedure(KindAppeal, tx.Day())
	if err == nil {
		return stepsOf(proc), proc.Pack, nil
	}
	if !errs.Is(err, errs.NotFound) {
		return nil, "", err
	}
	return []Step{{ID: "review", Title: "申诉审查", Role: to.To, RoleTitle: to.ToTitle, Binding: true, Need: 1, May: []Verdict{Pass, Refuse},
		Cite: to.Cite, State: StepWaiting}}, to.Cite.Pack, nil
}

// refusers are the accounts that refused; they do not decide on the appeal.
func (m *Matter) refusers() []string {
	var out []string
	for _, s := range m.Steps {
		for _, o := range s.Opinions {
			if o.Verdict == Refuse && !slices.Contains(out, o.Account) {
				out = append(out, o.Account)
			}
		}
	}
	return out
}

// appealEnded sets the refusal aside where the appeal passed: the matter runs on from the refusing step where its stage can
// take that back, else the applicant may apply anew and nothing stands against it.
func (s *Service) appealEnded(ctx context.Context, tx *act.Tx, a *Matter) error {
	m, err := Load(ctx, tx.Tx, a.Of)
	if err != nil {
		return err
	}
	if a.State != Passed || m.State != Refused {
		return s.read(ctx, tx, m, access.AccountAddress(m.Filer), "申诉"+stateWords[a.State]+": "+a.LastReason())
	}
	kind := s.kinds[m.Kind]
	m.setAside(a, tx.Now())
	if kind.Reopened != nil || kind.Ended == nil {
		m.reopen(tx.Now())
		if kind.Reopened != nil {
			if err := kind.Reopened(ctx, tx, m); err != nil {
				return fmt.Errorf("reopen %s: %w", m.ID, err)
			}
		}
		if err := s.open(ctx, tx, kind, m); err != nil {
			return err
		}
	}
	if err := s.read(ctx, tx, m, access.AccountAddress(m.Filer), "申诉成立, 原决定撤销"); err != nil {
		return err
	}
	return s.save(ctx, tx, m)
}

func (m *Matter) setAside(a *Matter, now time.Time) {
	m.SetAside = a.ID
	m.event(Event{At: now, What: "set_aside", Who: "", Reason: a.LastReason()})
}

// reopen lets a refused matter run on; it can be refused, and appealed against, again.
func (m *Matter) reopen(now time.Time) {
	m.again()
	m.Appealed = ""
	m.event(Event{At: now, What: "reopened"})
}
