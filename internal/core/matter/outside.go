package matter

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// A file stays within the bodies that its procedure names. A step may let others be brought in (outside), and then somebody outside
// sees this one file until they gave their opinion or took note of their copy. They decide nothing, hand nothing on, and what the file
// is about stays closed to them.

// guest is whom a file is sent to beside the seats: a person, or a body whose inbox it goes to.
type guest struct {
	account access.Account // empty for a body
	org     string         // of a body
	name    string
	to      string
	outside bool // sees the file through this alone
}

// owner is the organization that a guest belongs to.
func (g guest) owner() string {
	if g.org != "" {
		return g.org
	}
	return g.account.Org
}

// guestOf finds whom the actor wants to send a file to. Within one's own body, and to whoever sees the file anyway, it goes freely;
// to anybody else only where one of the steps lets it.
func (s *Service) guestOf(ctx context.Context, tx *act.Tx, m *Matter, steps []*Step, actor access.Actor, whom string) (g guest, err error) {
	unknown := errs.New(errs.Invalid, "请选择在用的办理人员账号或者单位")
	var roles []access.Role
	if strings.HasPrefix(whom, "org_") {
		g.org = whom
		for _, r := range allowed(steps) {
			if list, err := access.AccountsIn(ctx, tx.Tx, whom, r); err != nil {
				return g, err
			} else if len(list) > 0 {
				g.to, g.name, g.outside = access.OrgAddress(whom, r), tx.Law().Role(string(r)), true
				break
			}
		}
		if g.to == "" {
			return g, s.closed(steps, unknown)
		}
	} else {
		if g.account, err = access.LoadAccount(ctx, tx.Tx, whom); err != nil || g.account.Closed {
			return g, unknown
		}
		if slices.Contains(m.Recused, g.account.ID) {
			return g, errs.New(errs.Conflict, "%s在本件中已经回避, 请另选", g.account.Name)
		}
		g.to, g.name, roles = access.AccountAddress(g.account.ID), g.account.Name, g.account.Roles
		standing, err := Standing(ctx, tx.Tx, g.account.Actor())
		if err != nil {
			return g, err
		}
		own := actor.Org != "" && g.account.Org == actor.Org
		if g.outside = !own && !MaySee(standing, m); g.outside && !slices.ContainsFunc(roles, func(r access.Role) bool { return slices.Contains(allowed(steps), r) }) {
			return g, s.closed(steps, unknown)
		}
	}
	if g.owner() != "" && g.owner() == m.Applicant {
		return g, errs.New(errs.Invalid, "对方与申请人属于同一单位, 应当回避, 请另选")
	}
	return g, nil
}

// allowed are the roles of other bodies that the steps let be asked.
func allowed(steps []*Step) (out []access.Role) {
	for _, st := range steps {
		if st.Outside != nil {
			for _, r := range st.Outside.Roles {
				out = append(out, access.Role(r))
			}
		}
	}
	return out
}

// closed refuses somebody outside; the first step speaks for all.
func (s *Service) closed(steps []*Step, otherwise error) error {
	if len(steps) == 0 {
		return otherwise
	}
	st := steps[0]
	if st.Outside == nil {
		return refuse(errs.Forbidden, st.Cite, "规则没有规定“%s”环节可以请其他单位的人员, 请在本单位内选择", st.Title)
	}
	return refuse(errs.Forbidden, st.Outside.Cite, "“%s”环节可以请其他单位的%s, 不包括所选的人员或者单位; 请重新选择", st.Title, strings.Join(s.titles(st.Outside.Roles), "、"))
}

func (s *Service) titles(roles []string) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = s.acts.Law().Role(r)
	}
	return out
}

// invited reports whether the actor sees the file as a guest only: asked for an opinion that is still to come, or sent a copy that is
// not noted yet.
func (m *Matter) invited(actor access.Actor) bool {
	if !actor.SignedIn() || m.StoodAside(actor) {
		return false
	}
	for i := range m.Steps {
		st := &m.Steps[i]
		if st.State == StepOpen && slices.ContainsFunc(st.Asks, func(a Ask) bool { return a.Outside && a.Verdict == "" && a.of(actor) }) {
			return true
		}
	}
	mine := actor.Addresses()
	return slices.ContainsFunc(m.Copies, func(c Copy) bool { return c.Outside && c.Read == nil && slices.Contains(mine, c.To) })
}

// Bodies are the organizations that were asked for an opinion or sent a copy as a whole.
func (m *Matter) Bodies() (out []string) {
	for i := range m.Steps {
		for _, a := range m.Steps[i].Asks {
			if a.Org != "" {
				out = append(out, a.Org)
			}
		}
	}
	for _, c := range m.Copies {
		if rest, ok := strings.CutPrefix(c.To, access.WholeOrg("")); ok {
			org, _, _ := strings.Cut(rest, ":")
			out = append(out, org)
		}
	}
	return out
}

// asGuest refuses every act but those a guest was invited for.
func (m *Matter) asGuest(actor access.Actor, name string) error {
	if name == "matter.read" || concerned(actor, m) || !m.invited(actor) {
		return nil
	}
	return errs.New(errs.Forbidden, "您受邀阅看这个办件或者提出意见, 不办理其他事项; 请联系承办单位")
}

// Outsider is whom the holder of a step may send the file to: a body, and its people in the roles that the step names.
type Outsider struct {
	To        string      `json:"to" doc:"An organization or an account"`
	Org       string      `json:"org,omitempty"`
	Name      string      `json:"name,omitempty" doc:"Of a person"`
	Role      access.Role `json:"role"`
	RoleTitle string      `json:"role_title"`
}

// Outsiders lists whom a step lets its holder ask outside the body; nobody else is told.
func (s *Service) Outsiders(ctx context.Context, matterID, stepID string) (out []Outsider, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		m, step, actor, err := stepBefore(ctx, tx, matterID, stepID)
		if err != nil {
			return err
		}
		if _, _, err := m.sits(step, actor); err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, role := range allowed([]*Step{step}) {
			list, err := access.AccountsIn(ctx, tx, "", role)
			if err != nil {
				return err
			}
			for _, a := range list {
				if a.Org != "" && (a.Org == actor.Org || a.Org == m.Applicant) {
					continue
				}
				one := Outsider{Org: a.Org, Role: role, RoleTitle: s.acts.Law().Role(string(role))}
				for _, to := range []string{a.Org, a.ID} {
					if to == "" || seen[to] {
						continue
					}
					seen[to] = true
					one.To, one.Name = to, ""
					if to == a.ID {
						one.Name = a.Name
					}
					out = append(out, one)
				}
			}
		}
		return nil
	})
	return out, err
}
