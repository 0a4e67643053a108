package matter

import (
	"context"
	"fmt"
	"strings"

	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// told are the inboxes that are told of a period that moves: the applicant's and, where it runs, of those who hold the step.
func (m *Matter) told(sh Shift) []string {
	out := []string{access.AccountAddress(m.Filer)}
	if s, err := m.Step(sh.Step); err == nil && sh.Before != nil {
		out = append(out, s.turn()...)
	}
	return out
}

// moved writes down on one matter what was moved, gives its tasks their new day and tells the parties.
func (s *Service) moved(ctx context.Context, tx *act.Tx, m *Matter, t *Transition) error {
	told, order, changes := map[string][]string{}, []string{}, changesOf(t.Values)
	for _, sh := range t.Shifts {
		if sh.Matter != m.ID || sh.Kept != "" {
			continue
		}
		cite := changes[sh.Was.Value].Cite
		m.event(Event{At: tx.Now(), What: "moved", Step: sh.Step, Who: tx.Actor().Name, Reason: sh.words() + "; 理由: " + t.Reason, Cite: &cite})
		if sh.Before != nil && sh.Step != "" {
			step, _ := m.Step(sh.Step)
			if err := s.redue(ctx, tx, m, step); err != nil {
				return err
			}
		} else if sh.Before != nil {
			if err := redueTasks(ctx, tx.Tx, m.ID, supplementStep, m.Answer.Due.String(), m.Answer.Explain); err != nil {
				return err
			}
		}
		for _, to := range sh.Told {
			if told[to] == nil {
				order = append(order, to)
			}
			told[to] = append(told[to], sh.words())
		}
	}
	for _, to := range order {
		err := notice.Send(ctx, tx, notice.Message{Kind: notice.MatterMoved, ObjectKind: "matter", Object: m.ID,
			Params: map[string]string{"title": m.Title, "text": strings.Join(told[to], "; ")}}, to)
		if err != nil {
			return err
		}
	}
	return s.save(ctx, tx, m)
}

var periodWords = map[string]string{inWithin: "办理期限", inClock: "并行期限", inPublicity: "公示期", inLapse: "提出意见的期限", inExtend: "延期的上限",
	inSupplement: "补正期限", inAppeal: "申诉期限"}

// words say what became of a period, for whoever goes by it.
func (sh Shift) words() string {
	out := fmt.Sprintf("%s由 %s 改为 %s", periodWords[sh.Of], long(sh.Was), long(sh.Now))
	if sh.StepTitle != "" {
		out = "“" + sh.StepTitle + "”" + out
	}
	if sh.Before != nil && sh.Before.Due != "" && sh.After.Due != "" {
		out += fmt.Sprintf(", 由 %s 改至 %s", sh.Before.Due, sh.After.Due)
	}
	return out
}
