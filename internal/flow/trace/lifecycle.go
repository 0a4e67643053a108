package trace

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
	"yunei/internal/flow/supply"
	"yunei/internal/flow/watch"
)

// lifeStages are the stages of a resource's life in their order (全生命周期).
var lifeStages = []Stage{Catalog, Grading, Collection, Grant, Supply, Use, Result, Delivery, Destruction}

// Lifecycle is the life of a resource in one dated chain, from its catalog entry to the destruction of copies.
// 海南 第三十二条: 强化公共数据资源全生命周期管理.
func (s *Service) Lifecycle(ctx context.Context, id string, f Filter) (Chain, error) {
	var out Chain
	err := s.live(ctx, id, func(tx *sqldb.Tx, l *life, steps []Step) error {
		out = f.page(l.entry.Title, lifeStages, steps, l.gaps)
		return nil
	})
	return out, err
}

// live follows a resource for whoever may follow it.
func (s *Service) live(ctx context.Context, id string, fn func(tx *sqldb.Tx, l *life, steps []Step) error) error {
	page, err := s.Catalog.Get(ctx, id) // what the caller may not see does not exist
	if err != nil {
		return err
	}
	e := page.Entry
	if e.Origin != nil {
		return errs.New(errs.Conflict, "这是下级平台的目录条目, 全程记录请在该平台查看")
	}
	return s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if err := mayFollow(ctx, tx, e); err != nil {
			return err
		}
		l := &life{chain: newChain(s.Acts.Ledger()), entry: e, scenarios: map[string]grant.Scenario{}, grants: map[string]grant.Grant{}, runs: map[string]lab.Run{}}
		steps, err := l.follow(ctx, tx)
		if err != nil {
			return fmt.Errorf("life of %s: %w", id, err)
		}
		return fn(tx, l, steps)
	})
}

// life gathers what the stages hold of one resource.
type life struct {
	*chain
	entry     catalog.Entry
	loads     []load
	versions  []lab.Version
	scenarios map[string]grant.Scenario
	grants    map[string]grant.Grant
	supplies  []lab.Supply
	releases  []output.Release
	services  []service
	runs      map[string]lab.Run
}

func (l *life) follow(ctx context.Context, tx *sqldb.Tx) ([]Step, error) {
	for _, gather := range []func(context.Context, *sqldb.Tx) error{l.described, l.granted, l.given, l.used, l.called, l.ended} {
		if err := gather(ctx, tx); err != nil {
			return nil, err
		}
	}
	l.link()
	steps, err := l.steps(ctx, tx)
	if err != nil {
		return nil, err
	}
	l.exports(l.releases, steps)
	if steps, err = l.graded(ctx, tx, steps); err != nil {
		return nil, err
	}
	return sorted(dropped(l.supplies, steps)), nil
}

// described adds the entry, its grading and what was collected.
func (l *life) described(ctx context.Context, tx *sqldb.Tx) (err error) {
	l.add(node{stage: Catalog, kind: catalog.Kind, id: l.entry.ID, title: l.entry.Title, stageOf: func(act string) Stage {
		if strings.HasPrefix(act, "catalog.") {
			return Catalog
		}
		return "" // that data arrived stands at the collection
	}})
	if l.loads, err = loadsOf(ctx, tx, l.entry.ID); err != nil {
		return err
	}
	for _, c := range l.loads {
		n := node{stage: Collection, kind: "snapshot", id: c.ID, title: c.Name}
		l.add(n)
		if l.entry.Published == "" || workday.DateOf(c.Started).Before(l.entry.Published) {
			l.gap(n, "归集时目录条目还没有发布")
		}
	}
	return nil
}

// graded puts beside each publication how the entry was graded then.
func (l *life) graded(ctx context.Context, tx *sqldb.Tx, steps []Step) ([]Step, error) {
	for _, s := range slices.Clone(steps) {
		if s.Kind != catalog.Kind || s.Act != "catalog.publish" {
			continue
		}
		body, err := l.log.AsOf(ctx, tx, catalog.Kind, s.Object, s.At)
		if err != nil {
			return nil, err
		}
		var then catalog.Entry
		if err := json.Unmarshal(body, &then); err != nil {
			return nil, fmt.Errorf("decode entry %s: %w", s.Object, err)
		}
		grade := then.Grade()
		g := s
		g.Stage, g.Grade, g.Note = Grading, &grade, then.GradeBasis
		steps = append(steps, g)
		for _, field := range then.Fields {
			if field.Grade.National == "" {
				l.gap(node{stage: Grading, kind: catalog.Kind, id: s.Object, title: field.Title}, "发布时数据项没有定级")
			}
		}
	}
	return steps, nil
}

// granted adds every scenario that asked for the resource, or whose models read it.
func (l *life) granted(ctx context.Context, tx *sqldb.Tx) error {
	all, err := sqldb.Bodies[grant.Scenario](ctx, tx, everyScenario)
	if err != nil {
		return err
	}
	versions, err := sqldb.Bodies[lab.Version](ctx, tx, everyVersion)
	if err != nil {
		return err
	}
	l.versions = slices.DeleteFunc(versions, func(v lab.Version) bool {
		return !slices.ContainsFunc(v.Inputs, func(input string) bool { return strings.HasPrefix(input, l.entry.ID+".") })
	})
	at := placing{application: Grant, review: Grant, grant: Grant, supply: Supply, supplyReview: Supply}
	for _, sc := range all {
		if _, asks := sc.Need(l.entry.ID); !asks {
			continue
		}
		l.scenarios[sc.ID] = sc
		grants, err := l.papers(ctx, tx, sc, at, "")
		if err != nil {
			return err
		}
		for _, g := range grants {
			l.grants[g.ID] = g
		}
		if err := l.applied(ctx, tx, sc, at, []string{l.entry.ID}); err != nil {
			return err
		}
	}
	return nil
}

// given adds what was handed to an operator, and what was put into spaces.
func (l *life) given(ctx context.Context, tx *sqldb.Tx) (err error) {
	provisions, err := sqldb.Bodies[supply.Provision](ctx, tx, provisionsOf, l.entry.ID)
	if err != nil {
		return err
	}
	for _, p := range provisions {
		if err := l.permit(ctx, tx, p.Permit, Supply, p.Title, 0); err != nil {
			return err
		}
		l.add(node{stage: Supply, kind: "data-provision", id: p.ID, title: p.Title, rests: []Ref{{"permit", p.Permit}}})
	}
	processings, err := sqldb.Bodies[supply.Processing](ctx, tx, processingsOf, l.entry.ID)
	if err != nil {
		return err
	}
	for _, p := range processings {
		l.add(node{stage: Supply, kind: "data-processing", id: p.ID, title: p.Title})
	}
	if l.supplies, err = sqldb.Bodies[lab.Supply](ctx, tx, suppliesOf, l.entry.ID); err != nil {
		return err
	}
	for _, sup := range l.supplies {
		l.supplied(sup)
	}
	return nil
}

// used adds the samples that were learned, the runs on raw data, what of them left, and the services.
func (l *life) used(ctx context.Context, tx *sqldb.Tx) error {
	samples, err := sqldb.Bodies[lab.SampleSet](ctx, tx, samplesOf, l.entry.ID)
	if err != nil {
		return err
	}
	for _, set := range samples {
		l.add(node{stage: Use, kind: "sample-set", id: set.ID, title: l.entry.Title + " " + set.Level})
	}
	for _, v := range l.versions {
		runs, err := sqldb.Bodies[lab.Run](ctx, tx, runsOf, v.ID)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if err := l.ran(ctx, tx, v, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// ran adds a run with its releases, and finds what it was missing.
func (l *life) ran(ctx context.Context, tx *sqldb.Tx, v lab.Version, r lab.Run) error {
	n := node{stage: Use, kind: "run", id: r.ID, title: fmt.Sprintf("%s v%d", v.Name, v.Number), rests: []Ref{{"grant", r.Grant}}}
	l.add(n)
	l.runs[r.ID] = r
	if _, asks := l.scenarios[r.Scenario]; !asks {
		l.gap(n, "使用数据的应用场景没有申请这项资源")
	}
	if err := l.covered(ctx, tx, n, l.grants[r.Grant], r); err != nil {
		return err
	}
	digest := r.Snapshots[l.entry.Table]
	if !slices.ContainsFunc(l.loads, func(c load) bool { return c.Digest == digest && digest != "" }) {
		l.gap(n, "没有找到所用数据的归集批次")
	}
	if r.State == lab.Done && r.Reused == "" && !slices.ContainsFunc(l.supplies, func(sup lab.Supply) bool {
		return sup.Space == r.Space && slices.ContainsFunc(sup.Batches, func(b lab.Batch) bool { return b.Snapshot == digest })
	}) {
		l.gap(n, "没有找到所用数据的供数记录")
	}
	releases, err := sqldb.Bodies[output.Release](ctx, tx, releasesOf, r.ID)
	if err != nil {
		return err
	}
	for _, rel := range releases {
		l.release(ctx, rel)
		l.releases = append(l.releases, rel)
	}
	return nil
}

// called adds the services and what they answered, by day.
func (l *life) called(ctx context.Context, tx *sqldb.Tx) error {
	for _, v := range l.versions {
		list, err := services(ctx, tx, "version", v.ID)
		if err != nil {
			return err
		}
		l.services = append(l.services, list...)
		for _, d := range list {
			if err := l.service(ctx, tx, d); err != nil {
				return err
			}
		}
	}
	days, err := openDays(ctx, tx, l.entry.ID)
	for _, d := range days {
		l.extra = append(l.extra, Step{Stage: Use, At: workday.Date(d.day).Time(), Kind: "open", Object: l.entry.ID, Title: l.entry.Title, Count: d.uses})
	}
	if len(days) > 0 && l.entry.Open.Access != catalog.Unconditional {
		l.gap(node{stage: Use, kind: catalog.Kind, id: l.entry.ID, title: l.entry.Title}, "数据被公开下载过, 目录条目却没有无条件开放")
	}
	return err
}

// ended adds the exits that ended a grant on the resource, and finds copies that outlive every grant.
func (l *life) ended(ctx context.Context, tx *sqldb.Tx) error {
	seen := map[string]bool{}
	for _, g := range l.grants {
		if seen[g.Org] {
			continue
		}
		seen[g.Org] = true
		exits, err := sqldb.Bodies[watch.Exit](ctx, tx, exitsOf, g.Org)
		if err != nil {
			return err
		}
		for _, e := range exits {
			if _, ours := l.index[e.Permit]; ours {
				l.add(node{stage: Destruction, kind: "exit", id: e.ID, title: e.Reason, rests: []Ref{{"permit", e.Permit}}})
			}
		}
	}
	for _, sup := range l.supplies {
		g, known := l.grants[sup.Grant]
		if !known || !slices.ContainsFunc(sup.Batches, func(b lab.Batch) bool { return b.Dropped == nil }) || sup.State == lab.SupplyEnded {
			continue
		}
		_, err := grant.InForce(ctx, tx, g.Org, g.Scenario, workday.DateOf(tx.Now()))
		switch {
		case err == nil:
		case errs.CodeOf(err) == errs.Internal:
			return err
		default:
			l.gap(node{stage: Destruction, kind: "space-supply", id: sup.ID, title: sup.Title}, "授权已经结束, 空间内的副本还没有销毁")
		}
	}
	return nil
}
