package supply

import (
	"context"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
)

// Page is an application with its parts, tracked together.
type Page struct {
	Application Application `json:"application"`
	Parts       []PartView  `json:"parts" doc:"Those the caller may see"`
	Space       string      `json:"space,omitempty" doc:"The open space of the scenario"`
}

// PartView is a part with how far it is and what was supplied of it.
type PartView struct {
	Part     Part         `json:"part"`
	Steps    []Station    `json:"steps"`
	Supplies []lab.Supply `json:"supplies"`
	Acts     []act.Option `json:"acts"`
}

// Station is one step of a part's matter.
type Station struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	RoleTitle string     `json:"role_title"`
	State     string     `json:"state" enum:"waiting,open,done,skipped,closed"`
	Verdict   string     `json:"verdict,omitempty"`
	At        *time.Time `json:"at,omitempty"`
}

// Get is one application as the caller may see it: a provider sees its own parts alone.
func (s *Service) Get(ctx context.Context, id string) (out Page, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		a, err := loadApplication(ctx, tx, id)
		if err != nil {
			return err
		}
		parts, err := partsOf(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		slices.SortFunc(parts, func(p, q Part) int { return slices.Index(a.Parts, p.ID) - slices.Index(a.Parts, q.ID) })
		out = Page{Application: a, Parts: []PartView{}}
		actor := access.From(ctx)
		whole := actor.OverseerOf(a.Area) || actor.Org != "" && (actor.Org == a.Org || actor.Org == a.Operator)
		for _, p := range parts {
			m, err := matter.Load(ctx, tx, p.Matter)
			if err != nil {
				return err
			}
			if m.StoodAside(actor) || !whole && !matter.Asked(actor, m) && (actor.Org == "" || actor.Org != p.Provider) {
				continue
			}
			v, err := s.view(ctx, tx, p, m)
			if err != nil {
				return err
			}
			out.Parts = append(out.Parts, v)
		}
		if len(out.Parts) == 0 {
			return errs.New(errs.NotFound, noApplication)
		}
		if !whole { // whoever decides on one part reads nothing of the others
			out.Application.Items, out.Application.Parts = nil, nil
			for _, v := range out.Parts {
				out.Application.Items = append(out.Application.Items, v.Part.Items...)
				out.Application.Parts = append(out.Application.Parts, v.Part.ID)
			}
		}
		space, open, err := lab.OpenSpaceOf(ctx, tx, a.Org, a.Scenario)
		if open {
			out.Space = space
		}
		return err
	})
	if err != nil {
		return Page{}, err
	}
	return out, nil
}

func (s *Service) view(ctx context.Context, tx *sqldb.Tx, p Part, m *matter.Matter) (PartView, error) {
	v := PartView{Part: p, Steps: []Station{}, Supplies: []lab.Supply{}}
	for _, st := range m.Steps {
		o := Station{ID: st.ID, Title: st.Title, RoleTitle: st.RoleTitle, State: st.State}
		if n := len(st.Opinions); n > 0 {
			o.Verdict, o.At = string(st.Opinions[n-1].Verdict), &st.Opinions[n-1].At
		}
		v.Steps = append(v.Steps, o)
	}
	space, open, err := lab.OpenSpaceOf(ctx, tx, p.Org, p.Scenario)
	if err != nil {
		return v, err
	}
	if space != "" {
		list, err := lab.SuppliesOf(ctx, tx, space)
		if err != nil {
			return v, err
		}
		v.Supplies = slices.DeleteFunc(list, func(sup lab.Supply) bool { return sup.Part != p.ID })
	}
	if s.handles(ctx, tx, p) != nil {
		return v, nil
	}
	o, err := s.option(ctx, tx, p, v.Supplies, open)
	v.Acts = []act.Option{o}
	return v, err
}

// option tells whether the caller could supply the part now, and why not: the law is asked about each of its resources.
func (s *Service) option(ctx context.Context, tx *sqldb.Tx, p Part, supplies []lab.Supply, open bool) (act.Option, error) {
	var state error
	switch {
	case p.State != Approved:
		state = errs.New(errs.Conflict, "这部分申请尚未审核同意")
	case slices.ContainsFunc(supplies, func(sup lab.Supply) bool { return sup.State == lab.SupplyStanding || sup.State == lab.SupplyRunning }):
		state = errs.New(errs.Conflict, "已经供给; 需要变更的, 请先撤回")
	case !open:
		state = errs.New(errs.Conflict, "申请单位还没有开通本场景的开发空间")
	}
	day := workday.DateOf(tx.Now())
	g, err := grant.InForce(ctx, tx, p.Org, p.Scenario, day)
	if errs.CodeOf(err) == errs.Internal {
		return act.Option{}, err
	}
	for _, i := range p.Items {
		objects, extra, err := s.question(ctx, tx, p, g, i, open, day)
		if err != nil {
			return act.Option{}, err
		}
		o, err := s.acts.OptionAs(ctx, tx, "supply.mount", state, objects, extra)
		if err != nil || !o.Allowed {
			return o, err
		}
	}
	return act.Option{Act: "supply.mount", Allowed: true}, nil
}

// List lists applications the caller may see, newest first, of one scenario where it is named.
func (s *Service) List(ctx context.Context, scenario, before string, limit int) (list []Application, err error) {
	org, area, some := access.From(ctx).Whose()
	if !some {
		return nil, nil
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if list, err = listApplications(ctx, tx, org, area, scenario, before, limit); err != nil {
			return err
		}
		for i := range list {
			if a := &list[i]; org != "" && a.Org != org && a.Operator != org { // a provider: its own parts alone
				if err := s.narrow(ctx, tx, a, org); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return list, err
}

func (s *Service) narrow(ctx context.Context, tx *sqldb.Tx, a *Application, provider string) error {
	parts, err := partsOf(ctx, tx, a.ID)
	a.Items, a.Parts = nil, nil
	for _, p := range parts {
		if p.Provider == provider {
			a.Items, a.Parts = append(a.Items, p.Items...), append(a.Parts, p.ID)
		}
	}
	return err
}

// Provisions lists what operators were given; an operator sees its own.
func (s *Service) Provisions(ctx context.Context, before string, limit int) (list []Provision, err error) {
	return listed(ctx, s, before, limit, listProvisions)
}

// Processings lists what operators did to resources; an operator sees its own.
func (s *Service) Processings(ctx context.Context, before string, limit int) (list []Processing, err error) {
	return listed(ctx, s, before, limit, listProcessings)
}

func listed[T any](ctx context.Context, s *Service, before string, limit int, of func(context.Context, *sqldb.Tx, string, access.Area, string, int) ([]T, error)) (list []T, err error) {
	org, area, some := access.From(ctx).Whose()
	if !some {
		return nil, nil
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = of(ctx, tx, org, area, before, limit)
		return err
	})
	return list, err
}

// Demands lists what scenarios need and nothing gives; a developer sees its own.
func (s *Service) Demands(ctx context.Context, scenario, before string, limit int) (list []Demand, err error) {
	org, area, some := access.From(ctx).Whose()
	if access.From(ctx).Has(access.Owner) { // who has it cataloged and collected
		org, area, some = "", access.From(ctx).Area, true
	}
	if !some {
		return nil, nil
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listDemands(ctx, tx, org, area, scenario, before, limit)
		return err
	})
	return list, err
}
