package lab

import (
	"context"
	"maps"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/statistics"
)

// SpacePage is a space with everything the workbench shows at its left: resources, models, what may be done.
type SpacePage struct {
	Space    Space         `json:"space"`
	Scenario grant.Plan    `json:"scenario"`
	Tables   []query.Table `json:"tables" doc:"What a model here may name: the fields asked for, with grades, domains and bounds"`
	Models   []Model       `json:"models"`
	Versions []VersionItem `json:"versions"`
	Runs     []Run         `json:"runs"`
	Budgets  []BudgetLine  `json:"budgets"`
	Tools    []Tool        `json:"tools" doc:"Models, algorithm components and development kits enabled at the caller's seat"`
	Acts     []act.Option  `json:"acts"`
}

// Spaces lists the spaces in which the caller's organization works or the caller has a seat, newest first; who supervises sees all in their area.
func (s *Service) Spaces(ctx context.Context, before string, limit int) (list []Space, err error) {
	actor := access.From(ctx)
	if actor.Org == "" {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		switch org, area, _ := actor.Whose(); {
		case actor.Overseer(), actor.Has(access.DataUser):
			list, err = listSpaces(ctx, tx, org, area, before, limit)
		default:
			list, err = seatedSpaces(ctx, tx, actor.Account, before, limit)
		}
		return err
	})
	return list, err
}

// Space is one of the caller's spaces.
func (s *Service) Space(ctx context.Context, id string) (p SpacePage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		sp, sc, seat, err := s.seated(ctx, tx, id)
		if err == nil {
			err = sp.open()
		}
		if err != nil {
			return err
		}
		if err := usable(ctx, tx, sp); err != nil {
			return err
		}
		p.Space, p.Scenario = sp, sc.Plan
		for _, t := range tools {
			if seat.may(t.ID) == nil {
				p.Tools = append(p.Tools, t)
			}
		}
		if p.Tables, err = s.tables(ctx, tx, sc); err != nil {
			return err
		}
		if p.Models, err = listModels(ctx, tx, id); err != nil {
			return err
		}
		for _, m := range p.Models {
			list, err := listVersions(ctx, tx, sp.Org, "", m.ID, "", 50)
			if err != nil {
				return err
			}
			items, err := describe(ctx, tx, list)
			if err != nil {
				return err
			}
			p.Versions = append(p.Versions, items...)
		}
		if p.Runs, err = listRuns(ctx, tx, sp.Org, "", id, "", 50); err != nil {
			return err
		}
		if p.Budgets, err = s.budgets(ctx, tx, sc); err != nil {
			return err
		}
		p.Acts, err = s.spaceOptions(ctx, tx, sp, sc)
		return err
	})
	return p, err
}

// usable reports whether there is anything left to do in the space: its samples are open, or its grant is in force.
func usable(ctx context.Context, tx *sqldb.Tx, sp Space) error {
	day := workday.DateOf(tx.Now())
	sample := access.Valid(ctx, tx, sp.Permit, day)
	if sample == nil || errs.CodeOf(sample) == errs.Internal {
		return sample
	}
	_, err := grant.InForce(ctx, tx, sp.Org, sp.Scenario, day)
	if err != nil && errs.CodeOf(err) != errs.Internal {
		return sample
	}
	return err
}

func (s *Service) spaceOptions(ctx context.Context, tx *sqldb.Tx, sp Space, sc grant.Scenario) ([]act.Option, error) {
	day := workday.DateOf(tx.Now())
	sample := access.Valid(ctx, tx, sp.Permit, day)
	objects := map[string]string{"org": sp.Org, "plan": sc.ID}
	raw := map[string]string{"org": sp.Org, "space": sp.ID}
	g, granted := grant.InForce(ctx, tx, sp.Org, sc.ID, day)
	if errs.CodeOf(granted) == errs.Internal {
		return nil, granted
	}
	if granted == nil {
		raw["grant"] = g.ID
	}
	exact, extra := maps.Clone(raw), map[string]any(nil)
	permit, none := statistics.Covering(ctx, tx, sp.Org, sc.ID, nil, day)
	switch {
	case none == nil:
		exact["statistics"] = permit.ID
	case errs.CodeOf(none) == errs.Internal:
		return nil, none
	default:
		extra = map[string]any{"statistics.in_force": false}
	}
	var out []act.Option
	for _, o := range []struct {
		name    string
		state   error
		objects map[string]string
		extra   map[string]any
	}{
		{"lab.model.save", sample, objects, nil}, {"lab.run.sample", sample, objects, nil}, {"lab.model.submit", sample, objects, nil},
		{"grant.scenario.submit", sample, objects, nil}, {"lab.run.raw", granted, raw, nil}, {"lab.run.exact", granted, exact, extra},
	} {
		option, err := s.Acts.OptionAs(ctx, tx, o.name, o.state, o.objects, o.extra)
		if err != nil {
			return nil, err
		}
		out = append(out, option)
	}
	return out, nil
}

// VersionItem is a version as a list shows it: without its text, representation and review.
type VersionItem struct {
	ID       string   `json:"id"`
	Model    string   `json:"model"`
	Org      string   `json:"org"`
	Number   int      `json:"number"`
	Name     string   `json:"name"`
	Class    string   `json:"class"`
	Hash     string   `json:"hash"`
	Shared   bool     `json:"shared"`
	Approved bool     `json:"approved"`
	Rho      int64    `json:"rho"`
	Inputs   []string `json:"inputs"`
	Outputs  []string `json:"outputs"`
	Params   []Param  `json:"params,omitempty"`
}

func describe(ctx context.Context, tx *sqldb.Tx, list []Version) ([]VersionItem, error) {
	out := make([]VersionItem, 0, len(list))
	for _, v := range list {
		ok, err := Approved(ctx, tx, v.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, VersionItem{ID: v.ID, Model: v.Model, Org: v.Org, Number: v.Number, Name: v.Name, Class: v.Class, Hash: v.Hash,
			Shared: v.Shared, Approved: ok, Rho: v.Rho, Inputs: v.Inputs, Outputs: v.Outputs, Params: v.Params})
	}
	return out, nil
}

// Versions lists the caller's versions, or (listed) those on the shelf, of every organization. Experts and holders come to
// what they are asked about from the matter.
func (s *Service) Versions(ctx context.Context, listed bool, before string, limit int) (items []VersionItem, err error) {
	org, area, ok := access.From(ctx).Whose()
	if !ok && !listed {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		var list []Version
		var err error
		if listed {
			list, err = listShelf(ctx, tx, before, limit)
		} else {
			list, err = listVersions(ctx, tx, org, area, "", before, limit)
		}
		if err != nil {
			return err
		}
		items, err = describe(ctx, tx, list)
		return err
	})
	return items, err
}

// VersionPage is a version as its owner and its reviewers see it.
type VersionPage struct {
	Version  Version `json:"version"`
	Approved bool    `json:"approved"`
	Listed   bool    `json:"listed"`
}

// Version is one version: for its owner, the reviewers, and everyone once it is on the shelf. The text of a listed
// model stays its owner's secret (六(五)).
func (s *Service) Version(ctx context.Context, id string) (p VersionPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		v, err := LoadVersion(ctx, tx, id)
		if err != nil {
			return err
		}
		approved, err := Approved(ctx, tx, id)
		if err != nil {
			return err
		}
		seen, err := mayReview(ctx, tx, v)
		if err != nil {
			return err
		}
		listed := v.Shared && approved
		if !seen {
			if !listed {
				return errs.New(errs.NotFound, noVersion)
			}
			v.Text, v.IR = "", nil
		}
		p = VersionPage{Version: v, Approved: approved, Listed: listed}
		return nil
	})
	return p, err
}

// Runs lists the caller's runs, newest first; bureau, operator and auditor see everyone's in their area.
func (s *Service) Runs(ctx context.Context, before string, limit int) (list []Run, err error) {
	org, area, ok := access.From(ctx).Whose()
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listRuns(ctx, tx, org, area, "", before, limit)
		return err
	})
	return list, err
}
