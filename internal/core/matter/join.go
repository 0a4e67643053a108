package matter

import (
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
)

// How several addressees decide one step (会签).
const (
	joinAny      = "any"      // People of them
	joinAll      = "all"      // each of them
	joinSequence = "sequence" // each of them, one after the other
	joinVote     = "vote"     // a share of their weight
)

// passed reports whether the opinions given are enough.
func (s *Step) passed() bool {
	if s.Join == joinVote {
		whole, passing, _ := s.weights()
		return passing*100 >= s.share()*whole && passing > 0
	}
	return s.passes() >= s.Need
}

// canStillPass reports whether enough of the addressed people have not refused.
func (s *Step) canStillPass() bool {
	if s.Join == joinVote {
		whole, _, refusing := s.weights()
		return (whole-refusing)*100 >= s.share()*whole && whole > refusing
	}
	refusals := 0
	for _, o := range s.Opinions {
		if o.Verdict == Refuse {
			refusals++
		}
	}
	return len(s.Addressed)-refusals >= s.Need
}

func (s *Step) passes() int {
	n := 0
	for _, o := range s.Opinions {
		if o.Verdict == Pass {
			n++
		}
	}
	return n
}

// share is the percentage of the weight that must pass.
func (s *Step) share() int {
	if s.Vote == nil {
		return 100
	}
	return s.Vote.Pass
}

// weights are the whole weight of a vote, and those that passed and refused.
func (s *Step) weights() (whole, passing, refusing int) {
	for _, to := range s.Addressed {
		whole += s.weight(to)
	}
	for _, o := range s.Opinions {
		switch w := s.weight(o.seat(s)); o.Verdict {
		case Pass:
			passing += w
		case Refuse:
			refusing += w
		}
	}
	return whole, passing, refusing
}

// weight is what an inbox weighs by its role.
func (s *Step) weight(address string) int {
	role := s.Role
	if i := strings.LastIndexByte(address, ':'); i >= 0 && !strings.HasPrefix(address, access.AccountAddress("")) {
		role, _, _ = strings.Cut(address[i+1:], "@")
	}
	if s.Vote != nil {
		if w, ok := s.Vote.Weights[role]; ok && w > 0 { // a voice without weight would leave a vote that nobody can end
			return w
		}
	}
	return 1
}

// seat is the inbox in whose place an opinion was given.
func (o Opinion) seat(s *Step) string {
	if o.Seat != "" {
		return o.Seat
	}
	for _, to := range []string{access.AccountAddress(o.Account), access.OrgAddress(o.Org, access.Role(s.Role))} {
		if slices.Contains(s.Addressed, to) {
			return to
		}
	}
	return access.RoleAddress(access.Role(s.Role))
}

// turn are the inboxes whose turn it is: in a sequence the first that has not spoken, else all.
func (s *Step) turn() []string {
	if s.Join != joinSequence {
		return s.Addressed
	}
	if n := len(s.Opinions); n < len(s.Addressed) {
		return s.Addressed[n : n+1]
	}
	return nil
}

// spoken reports whether the account has given its opinion at the step, or its organization where the step asks
// organizations: two clerks of one holder are one opinion.
func (s *Step) spoken(account, org string) bool {
	return slices.ContainsFunc(s.Opinions, func(p Opinion) bool {
		if p.Account == account || p.For == account {
			return true
		}
		seat := p.seat(s)
		return org != "" && p.Org == org && strings.HasPrefix(seat, "org:"+org+":")
	})
}

// sits finds the inbox in whose place an actor may speak at the step: their own, else that of somebody who delegated to
// them. A seat that was drawn by lot is nobody else's, and whoever stood aside has none at any step.
func (m *Matter) sits(s *Step, actor access.Actor) (seat string, by *access.Deputy, err error) {
	if slices.Contains(m.Barred, actor.Account) {
		return "", nil, refuse(errs.Forbidden, s.Cite, "您办理过所申诉的决定, 应当回避; 请由其他人员办理")
	}
	if m.StoodAside(actor) {
		return "", nil, refuse(errs.Forbidden, s.Cite, "您在本件中应当回避 (%s), 不能办理; 请由其他人员办理", stoodAside)
	}
	if s.Draw != nil {
		if c := s.Draw.find(actor.Account); c != nil && c.Excluded != "" {
			return "", nil, refuse(errs.Forbidden, s.Cite, "您在本件中应当回避 (%s), 不能办理; 请由其他人员办理", c.Excluded)
		}
	}
	turn := s.turn()
	own := actor
	own.Deputies = nil
	mine := own.Addresses()
	for _, to := range turn {
		if slices.Contains(mine, to) {
			return to, nil, nil
		}
	}
	if s.Draw == nil {
		for i := range actor.Deputies {
			d := &actor.Deputies[i]
			if slices.Contains(m.Recused, d.Account) { // nor does anybody speak for them
				continue
			}
			for _, to := range turn {
				if slices.Contains(d.Addresses(), to) {
					return to, d, nil
				}
			}
		}
	}
	if s.Join == joinSequence && slices.ContainsFunc(s.Addressed, func(to string) bool { return slices.Contains(mine, to) }) {
		return "", nil, refuse(errs.Conflict, s.Cite, "“%s”依次会签, 还没有轮到您或者您已经签署; 请等待前一位办理", s.Title)
	}
	if role := access.Role(s.Role); actor.Has(role) && access.Territorial(role) {
		return "", nil, refuse(errs.Forbidden, s.Cite, "“%s”环节由本级的%s办理, 上级和其他地区的机关不能代为办理; 可以查看、指导和督办", s.Title, s.RoleTitle)
	}
	return "", nil, refuse(errs.Forbidden, s.Cite, "“%s”环节由%s办理, 不在您的职责内; 请转由承办人员办理", s.Title, s.RoleTitle)
}
