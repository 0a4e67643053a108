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

// MaySee reports whether the actor has any business with the matter: applicant, addressee of a step, the bureau, the
// operator, an auditor. Everyone else is answered as if it did not exist.
func MaySee(actor access.Actor, m *Matter) bool {
	if actor.Has(access.Bureau, access.Operator, access.Auditor) || (actor.Org != "" && actor.Org == m.Applicant) {
		return true
	}
	return Asked(actor, m)
}

// Asked reports whether a step of the matter was ever addressed to the actor.
func Asked(actor access.Actor, m *Matter) bool {
	mine := actor.Addresses()
	for _, st := range m.Steps {
		if slices.ContainsFunc(st.Addressed, func(to string) bool { return slices.Contains(mine, to) }) {
			return true
		}
	}
	return false
}

// Options are the acts on a matter for the caller: deciding at each open step, supplementing, withdrawing.
func (s *Service) Options(ctx context.Context, tx *sqldb.Tx, m *Matter) ([]act.Option, error) {
	kind, actor := s.kinds[m.Kind], access.From(ctx)
	var out []act.Option
	for i := range m.Steps {
		step := &m.Steps[i]
		if step.State != StepOpen {
			continue
		}
		state := addressee(step, actor)
		if state == nil && step.spoken(actor.Account, actor.Org) {
			state = errs.New(errs.Conflict, "您或贵单位已在“%s”环节提出过意见, 请等待其他人员办理", step.Title)
		}
		o, err := s.acts.Option(ctx, tx, "matter.decide", state, s.objects(kind, m))
		if err != nil {
			return nil, err
		}
		o.On = step.ID
		out = append(out, o)
	}
	for _, name := range []string{"matter.supplement", "matter.withdraw"} {
		if actor.Org != m.Applicant || (name == "matter.supplement" && m.State != Returned) || m.Over() {
			continue
		}
		o, err := s.acts.Option(ctx, tx, name, nil, s.objects(kind, m))
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// SignText is what a passing opinion at one of the caller's open steps must sign; empty where none must.
func (s *Service) SignText(ctx context.Context, tx *sqldb.Tx, m *Matter) (string, error) {
	kind := s.kinds[m.Kind]
	if kind.Signs == nil {
		return "", nil
	}
	for i := range m.Steps {
		step := &m.Steps[i]
		if step.State != StepOpen || addressee(step, access.From(ctx)) != nil {
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
