package trace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
	"yunei/internal/flow/statistics"
)

// productStages are the stages of how a result or a service came about, in their order.
var productStages = []Stage{Collection, Application, Review, Grant, Supply, Model, Use, Result, Delivery, Destruction}

// Release is how a result came about that was asked to leave: application, reviews, grants, supplies, versions of the model, runs,
// review of the output, deliveries. 舟山 一(二)2: 强化事前评估、过程监管、全程可溯.
func (s *Service) Release(ctx context.Context, id string, f Filter) (out Chain, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		rel, err := readable(ctx, tx, id)
		if err != nil {
			return err
		}
		run, err := lab.LoadRun(ctx, tx, rel.Run)
		if err != nil {
			return err
		}
		p := product{chain: newChain(s.Acts.Ledger()), version: run.Version, scenario: run.Scenario}
		p.releases = []output.Release{rel}
		p.release(ctx, rel)
		if err := p.runs(ctx, tx, run); err != nil {
			return err
		}
		steps, err := p.follow(ctx, tx)
		out = f.page(rel.Title, productStages, steps, p.gaps)
		return err
	})
	return out, err
}

// Deployment is how a served model came about, and what it answered.
func (s *Service) Deployment(ctx context.Context, id string, f Filter) (out Chain, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err := services(ctx, tx, "id", id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return errs.New(errs.NotFound, noProduct)
		}
		d := list[0]
		if err := mayTrace(ctx, tx, d.Scenario, d.Org, ""); err != nil {
			return err
		}
		p := product{chain: newChain(s.Acts.Ledger()), version: d.Version, scenario: d.Scenario}
		if err := p.service(ctx, tx, d); err != nil {
			return err
		}
		steps, err := p.follow(ctx, tx)
		out = f.page(d.Title, productStages, steps, p.gaps)
		return err
	})
	return out, err
}

const noProduct = "没有这项结果或者服务, 请从列表进入"

// readable is a release for whoever may trace it.
func readable(ctx context.Context, tx *sqldb.Tx, id string) (output.Release, error) {
	list, err := sqldb.Bodies[output.Release](ctx, tx, releaseBy, id)
	if err == nil && len(list) == 0 {
		err = errs.New(errs.NotFound, noProduct)
	}
	if err != nil {
		return output.Release{}, err
	}
	return list[0], mayTrace(ctx, tx, list[0].Scenario, list[0].Org, list[0].Matter)
}

// mayTrace: its own organization, those who reviewed it, and those who supervise. To others there is no such thing.
func mayTrace(ctx context.Context, tx *sqldb.Tx, scenario, org, reviewed string) error {
	area, err := grant.ScenarioArea(ctx, tx, scenario)
	if err != nil || inspects(access.From(ctx), area) {
		return err
	}
	seen, err := matter.MayRead(ctx, tx, area, org, reviewed)
	if err == nil && !seen {
		err = errs.New(errs.NotFound, noProduct)
	}
	return err
}

// product gathers what a model version under one scenario rests on.
type product struct {
	*chain
	version, scenario string
	releases          []output.Release
	done              []lab.Run
	supplies          []lab.Supply
}

func (p *product) follow(ctx context.Context, tx *sqldb.Tx) ([]Step, error) {
	sc, err := grant.LoadScenario(ctx, tx, p.scenario)
	if err != nil {
		return nil, err
	}
	v, err := lab.LoadVersion(ctx, tx, p.version)
	if err != nil {
		return nil, err
	}
	at := placing{application: Application, review: Review, grant: Grant, supply: Application, supplyReview: Review}
	grants, err := p.papers(ctx, tx, sc, at, v.ID)
	if err != nil {
		return nil, err
	}
	if err := p.modelled(ctx, tx, v); err != nil {
		return nil, err
	}
	var resources []string
	for _, input := range v.Inputs {
		if resource, _, _ := strings.Cut(input, "."); !slices.Contains(resources, resource) {
			resources = append(resources, resource)
		}
	}
	if err := p.applied(ctx, tx, sc, at, resources); err != nil {
		return nil, err
	}
	for _, r := range p.done {
		if err := p.fed(ctx, tx, r, resources); err != nil {
			return nil, err
		}
		i := slices.IndexFunc(grants, func(g grant.Grant) bool { return g.ID == r.Grant })
		if i < 0 {
			continue // link says so
		}
		if err := p.covered(ctx, tx, p.nodes[p.index[r.ID]], grants[i], r); err != nil {
			return nil, err
		}
	}
	p.link()
	steps, err := p.steps(ctx, tx)
	if err != nil {
		return nil, err
	}
	p.exports(p.releases, steps)
	return sorted(dropped(p.supplies, steps)), nil
}

// runs adds the run that gave a result, and the earlier one whose equal result was served again.
func (p *product) runs(ctx context.Context, tx *sqldb.Tx, r lab.Run) error {
	n := node{stage: Use, kind: "run", id: r.ID, title: r.ID, rests: []Ref{{"grant", r.Grant}, {"model-version", r.Version}}}
	// The earlier run may be of another organization under another grant: it is named to who supervises, and its own release tells of it.
	shown := r.Reused != "" && (r.ReusedOrg == r.Org || access.From(ctx).Overseer())
	if shown {
		n.rests = append(n.rests, Ref{"run", r.Reused})
	}
	if r.Statistic != "" {
		n.rests = append(n.rests, Ref{"statistics", r.Statistic})
		permit, err := sqldb.Bodies[statistics.Permit](ctx, tx, statisticsBy, r.Statistic)
		if err != nil {
			return err
		}
		for _, s := range permit {
			p.add(node{stage: Grant, kind: "statistics", id: s.ID, title: s.Title})
			p.matter(s.Matter, Review, s.Title)
			for _, id := range s.Permits {
				if err := p.permit(ctx, tx, id, Grant, s.Title, 0); err != nil {
					return err
				}
			}
		}
	}
	p.add(n)
	if r.Reused == "" {
		p.done = append(p.done, r)
		return nil
	}
	if !shown {
		return nil
	}
	earlier, err := lab.LoadRun(ctx, tx, r.Reused)
	if err != nil {
		return err
	}
	p.add(node{stage: Use, kind: "run", id: earlier.ID, title: earlier.ID})
	if earlier.Scenario == r.Scenario {
		p.done = append(p.done, earlier)
	}
	return nil
}

// modelled adds every version of the model up to the one that ran: what was changed and when.
func (p *product) modelled(ctx context.Context, tx *sqldb.Tx, v lab.Version) error {
	versions, err := sqldb.Bodies[lab.Version](ctx, tx, versionsOf, v.Model, int64(v.Number))
	if err != nil {
		return err
	}
	for _, before := range versions {
		p.add(node{stage: Model, kind: "model-version", id: before.ID, title: fmt.Sprintf("%s v%d", before.Name, before.Number)})
	}
	for i := range p.nodes {
		if n := &p.nodes[i]; n.kind == "run" {
			n.title = fmt.Sprintf("%s v%d", v.Name, v.Number)
		}
	}
	return nil
}

// fed adds the supplies that a run read, and the collections that their data came with.
func (p *product) fed(ctx context.Context, tx *sqldb.Tx, r lab.Run, resources []string) error {
	supplies, err := sqldb.Bodies[lab.Supply](ctx, tx, suppliesInto, r.Space)
	if err != nil {
		return err
	}
	run := p.nodes[p.index[r.ID]]
	for _, digest := range r.Snapshots {
		i := slices.IndexFunc(supplies, func(sup lab.Supply) bool {
			return slices.Contains(resources, sup.Resource) && slices.ContainsFunc(sup.Batches, func(b lab.Batch) bool { return b.Snapshot == digest })
		})
		if i < 0 {
			if r.State == lab.Done {
				p.gap(run, "没有找到所用数据的供数记录")
			}
			continue
		}
		sup := supplies[i]
		if _, known := p.index[sup.ID]; !known {
			p.supplied(sup)
			p.supplies = append(p.supplies, sup)
		}
		b := sup.Batches[slices.IndexFunc(sup.Batches, func(b lab.Batch) bool { return b.Snapshot == digest })]
		loads, err := loadsOf(ctx, tx, sup.Resource)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(loads, func(l load) bool { return l.ID == b.Load || l.Digest == digest }); i >= 0 {
			p.add(node{stage: Collection, kind: "snapshot", id: loads[i].ID, title: sup.Title})
		} else {
			p.gap(run, "没有找到所用数据的归集批次")
		}
	}
	return nil
}
