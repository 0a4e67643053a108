package matter

import (
	"context"
	"maps"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// stoodAside stands in a draw for whoever gave the seat back; in the register the reason follows it.
const stoodAside = "本人申请回避"

// StoodAside reports whether the actor gave a drawn seat back for an interest: from then on they decide nothing in the matter and see
// nothing of it, by whatever office.
func (m *Matter) StoodAside(actor access.Actor) bool {
	return slices.Contains(m.Recused, actor.Account)
}

// Discreet takes out of a matter that is to be shown why somebody stood aside: it may be private, such as a spouse at the applicant.
// The bureau and the auditors of its area read it; everybody else, that the person stood aside.
func (m *Matter) Discreet(actor access.Actor) {
	if actor.Oversees(m.Area, access.Bureau, access.Auditor) && (actor.Org == "" || actor.Org != m.Applicant) {
		return
	}
	for i := range m.Steps {
		if m.Steps[i].Draw == nil {
			continue
		}
		for j := range m.Steps[i].Draw.Candidates {
			if c := &m.Steps[i].Draw.Candidates[j]; strings.HasPrefix(c.Excluded, stoodAside) {
				c.Excluded = stoodAside
			}
		}
	}
	for i := range m.Events {
		if m.Events[i].What == "recused" {
			m.Events[i].Reason = ""
		}
	}
}

// seat is an inbox that takes a seat at a step.
type seat struct {
	step *Step
	to   string
}

// Recuse (回避) gives a drawn seat back with a reason; the next in the drawn order takes it, there and at every other open panel on
// which the person sits. From then on the file is closed to whoever stood aside: what stays with them is the entry in the ledger.
func (s *Service) Recuse(ctx context.Context, matterID, stepID, reason string) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.recuse", Matter: matterID, Step: stepID}, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		if h.step.Draw == nil {
			return errs.New(errs.Conflict, "“%s”的人员不是抽取产生的; 需要回避的请转办给其他人员", h.step.Title)
		}
		pools, known, err := s.pools(ctx, tx.Tx, h.m)
		if err != nil {
			return err
		}
		next, err := h.m.recuse(h.step, h.actor.Account, reason, pools, known)
		if err != nil {
			return err
		}
		h.m.event(Event{At: tx.Now(), What: "recused", Step: h.step.ID, Who: h.actor.Name, Reason: reason})
		if err := takeAway(ctx, tx, h.m.ID, h.seat); err != nil {
			return err
		}
		for _, n := range next {
			if err := s.task(ctx, tx, h.m, n.step, n.to); err != nil {
				return err
			}
		}
		return nil
	})
}

// pools are those whom the open panels may draw from, by role, and what the register knows of them.
func (s *Service) pools(ctx context.Context, tx *sqldb.Tx, m *Matter) (map[string][]access.Account, map[string]Seated, error) {
	pools, all := map[string][]access.Account{}, map[string]Seated{}
	for i := range m.Steps {
		st := &m.Steps[i]
		if _, found := pools[st.Role]; found || st.Draw == nil || st.State != StepOpen {
			continue
		}
		pool, err := access.AccountsIn(ctx, tx, "", access.Role(st.Role))
		if err != nil {
			return nil, nil, err
		}
		known, err := s.known(ctx, tx, pool)
		if err != nil {
			return nil, nil, err
		}
		pools[st.Role] = pool
		maps.Copy(all, known)
	}
	return pools, all, nil
}

// recuse takes somebody off every open panel on which they have not spoken and seats the next on each; none where nobody is left and
// those who sit are still enough. Where too few would remain on one of them, nothing changes.
func (m *Matter) recuse(s *Step, account, reason string, pools map[string][]access.Account, known map[string]Seated) (next []seat, err error) {
	if s.spoken(account, "") {
		return nil, refuse(errs.Conflict, s.Cite, "您已在“%s”提出意见, 不能再回避; 如发现利害关系请向主管部门说明", s.Title)
	}
	before := map[*Step][]Candidate{}
	for i := range m.Steps {
		st := &m.Steps[i]
		if st.Draw == nil || st.State != StepOpen || st.spoken(account, "") {
			continue
		}
		if c := st.Draw.find(account); c == nil || c.Excluded != "" {
			continue
		}
		before[st] = slices.Clone(st.Draw.Candidates)
		if next = append(next, st.giveBack(m, account, reason, pools[st.Role], known)...); len(st.Draw.seated()) < st.Need {
			for st, was := range before {
				st.Draw.Candidates = was
			}
			return nil, refuse(errs.Conflict, st.NeedCite, "您回避后“%s”不足 %d 人, 没有可以替补的%s; 请联系主管部门增加人员后再提出", st.Title, st.Need, st.RoleTitle)
		}
	}
	for st := range before {
		st.Addressed = st.Draw.seated()
	}
	m.Recused = append(m.Recused, account)
	return next, nil
}

// giveBack takes somebody out of a draw, and draws further where the seats are not filled; it answers who sits down.
func (s *Step) giveBack(m *Matter, account, reason string, pool []access.Account, known map[string]Seated) (next []seat) {
	seated := s.Draw.seated()
	s.Draw.find(account).Excluded = stoodAside + ": " + reason
	if len(s.Draw.seated()) < s.Draw.Seats {
		s.further(m, pool)
		for i := range s.Draw.Candidates {
			s.Draw.Candidates[i].seat(known)
		}
	}
	for _, a := range s.Draw.seated() {
		if !slices.Contains(seated, a) {
			next = append(next, seat{s, a})
		}
	}
	return next
}

// passOver excludes from a draw that is used again whoever stood aside at another step since.
func (s *Step) passOver(m *Matter) {
	for i := range s.Draw.Candidates {
		if c := &s.Draw.Candidates[i]; c.Excluded == "" && slices.Contains(m.Recused, c.Account) {
			if c.Excluded = m.conflict(s, c.Account, c.Org); !strings.HasPrefix(c.Excluded, stoodAside) {
				c.Excluded = stoodAside
			}
		}
	}
}
