package trace

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/party"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/supply"
)

// placing says at which stage of a chain the papers of a scenario stand.
type placing struct{ application, review, grant, supply, supplyReview Stage }

// papers adds what a scenario rests on: its application and reviews, the agreement, the grant with its permits. Of a scenario with
// several declarations those are taken that carry the version; of all, where version is empty.
func (c *chain) papers(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, at placing, version string) ([]grant.Grant, error) {
	title := sc.Plan.Title
	c.add(node{stage: at.application, kind: "scenario", id: sc.ID, title: title})
	c.matter(sc.Matter, at.review, title)
	if err := c.permit(ctx, tx, sc.Permit, at.grant, title, 0); err != nil {
		return nil, err
	}
	carries := func(models []grant.Model) bool {
		return version == "" || slices.ContainsFunc(models, func(m grant.Model) bool { return m.Version == version })
	}
	declarations, err := sqldb.Bodies[grant.Declaration](ctx, tx, declarationsOf, sc.ID)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, d := range declarations {
		if !carries(d.Models) {
			continue
		}
		wanted[d.ID] = true
		c.add(node{stage: at.application, kind: "declaration", id: d.ID, title: title, rests: []Ref{{"scenario", sc.ID}}})
		c.matter(d.Matter, at.review, title)
	}
	agreements, err := sqldb.Bodies[grant.Agreement](ctx, tx, agreementsOf, sc.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range agreements {
		if !wanted[a.Declaration] {
			continue
		}
		n := node{stage: at.grant, kind: "agreement", id: a.ID, title: title, rests: []Ref{{"declaration", a.Declaration}}}
		c.add(n)
		if i := slices.IndexFunc(declarations, func(d grant.Declaration) bool { return d.ID == a.Declaration }); declarations[i].State != grant.Approved {
			c.gap(n, "协议所依据的申报没有审批通过")
		}
	}
	all, err := sqldb.Bodies[grant.Grant](ctx, tx, grantsOf, sc.ID)
	if err != nil {
		return nil, err
	}
	grants := all[:0]
	for _, g := range all {
		if !carries(g.Models) {
			continue
		}
		grants = append(grants, g)
		n := node{stage: at.grant, kind: "grant", id: g.ID, title: title, rests: []Ref{{"agreement", g.Agreement}, {"permit", g.Permit}}}
		c.add(n)
		if i := slices.IndexFunc(agreements, func(a grant.Agreement) bool { return a.ID == g.Agreement }); i >= 0 && agreements[i].State == grant.Drafted {
			c.gap(n, "授权所依据的协议没有签署完毕")
		}
		if err := c.permit(ctx, tx, g.Permit, at.grant, title, 0); err != nil {
			return nil, err
		}
		for _, m := range g.Models {
			if version != "" && m.Version != version {
				continue
			}
			permits, err := access.PermitsOf(ctx, tx, g.Org, grant.PermitModel, m.Version)
			if err != nil {
				return nil, err
			}
			for _, p := range permits {
				if slices.Contains(p.Parents, g.Permit) {
					if err := c.permit(ctx, tx, p.ID, at.grant, m.Name, 0); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	return grants, nil
}

// permit adds a permit and what it rests on, up to the admission of its holder.
func (c *chain) permit(ctx context.Context, tx *sqldb.Tx, id string, at Stage, title string, depth int) error {
	if id == "" || depth > 16 {
		return nil
	}
	if _, known := c.index[id]; known {
		return nil
	}
	p, err := access.LoadPermit(ctx, tx, id)
	if errs.Is(err, errs.NotFound) {
		return nil // whoever rests on it is told so
	}
	if err != nil {
		return err
	}
	n := node{stage: at, kind: "permit", id: p.ID, title: title}
	if p.Kind == "admission" {
		o, err := party.Load(ctx, tx, p.Holder)
		if err != nil {
			return err
		}
		n.title = o.Name
	}
	for _, parent := range p.Parents {
		n.rests = append(n.rests, Ref{"permit", parent})
	}
	c.add(n)
	for _, parent := range p.Parents {
		if err := c.permit(ctx, tx, parent, at, title, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// applied adds the applications for data under a scenario that name one of the resources.
func (c *chain) applied(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, at placing, resources []string) error {
	names := func(items []supply.Item) bool {
		return slices.ContainsFunc(items, func(i supply.Item) bool { return slices.Contains(resources, i.Resource) })
	}
	applications, err := sqldb.Bodies[supply.Application](ctx, tx, appliedFor, sc.ID)
	if err != nil {
		return err
	}
	for _, a := range applications {
		if names(a.Items) {
			c.add(node{stage: at.supply, kind: "data-application", id: a.ID, title: a.Title, rests: []Ref{{"scenario", sc.ID}}})
		}
	}
	parts, err := sqldb.Bodies[supply.Part](ctx, tx, partsOf, sc.ID)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if names(p.Items) {
			c.add(node{stage: at.supply, kind: "data-part", id: p.ID, title: p.Items[0].Title, rests: []Ref{{"data-application", p.Application}}})
			c.matter(p.Matter, at.supplyReview, p.Items[0].Title)
		}
	}
	return nil
}

// supplied adds one supply with what became of its copies.
func (c *chain) supplied(sup lab.Supply) {
	n := node{stage: Supply, kind: "space-supply", id: sup.ID, title: sup.Title, rests: []Ref{{"grant", sup.Grant}},
		stageOf: func(act string) Stage {
			if act == "lab.supply.drop" || act == "lab.space.close" || strings.HasPrefix(act, "watch.") {
				return Destruction
			}
			return Supply
		}}
	if sup.Part != "" {
		n.rests = append(n.rests, Ref{"data-part", sup.Part})
	}
	c.add(n)
	if sup.State == lab.SupplyEnded && slices.ContainsFunc(sup.Batches, func(b lab.Batch) bool { return b.Dropped == nil }) {
		c.gap(node{stage: Destruction, kind: n.kind, id: n.id, title: n.title}, "供给已经结束, 副本还没有销毁")
	}
}

// dropped adds the destruction of each copy, proven by the entry that was made at that instant.
func dropped(supplies []lab.Supply, steps []Step) (out []Step) {
	for _, sup := range supplies {
		for _, b := range sup.Batches {
			if b.Dropped == nil {
				continue
			}
			at := b.Dropped.UTC().Truncate(time.Microsecond)
			same := func(stage Stage) int {
				return slices.IndexFunc(steps, func(s Step) bool { return s.Object == sup.ID && s.At.Equal(at) && s.Stage == stage })
			}
			if i := same(Destruction); i >= 0 {
				steps[i].Note = b.Result
				continue
			}
			if i := same(Supply); i >= 0 {
				s := steps[i]
				s.Stage, s.Note = Destruction, b.Result
				out = append(out, s)
			}
		}
	}
	return append(steps, out...)
}

// link finds what things rest on without it being there.
func (c *chain) link() {
	for _, n := range c.nodes {
		for _, r := range n.rests {
			if _, there := c.index[r.ID]; !there {
				c.gap(n, "没有找到它所依据的"+kinds[r.Kind])
			}
		}
	}
}

// kinds are what a person calls an object of the chain.
var kinds = map[string]string{"scenario": "应用场景", "declaration": "场景申报", "agreement": "协议", "grant": "授权", "permit": "许可",
	"data-application": "数据申请", "data-part": "数据申请审批", "space-supply": "供数记录", "snapshot": "归集批次", "model-version": "模型版本",
	"run": "加工任务", "release": "出域申请", "statistics": "精确统计许可", "deployment": "数据服务"}

// held reports why a permit was not valid at an instant, by what the ledger has of it and of its parents; "" says that it was.
func (c *chain) held(ctx context.Context, tx *sqldb.Tx, id string, at time.Time) (string, error) {
	body, err := c.log.AsOf(ctx, tx, "permit", id, at)
	if err != nil {
		return "", err
	}
	if body == nil {
		return "当时没有这项许可", nil
	}
	var p access.Permit
	if err := json.Unmarshal(body, &p); err != nil {
		return "", fmt.Errorf("decode permit %s: %w", id, err)
	}
	day := workday.DateOf(at)
	switch {
	case p.State == access.Suspended:
		return "当时许可已暂停", nil
	case p.State != access.Active:
		return "当时许可已终止", nil
	case day.Before(p.From) || !day.Before(p.Until):
		return "当时不在许可的期限内", nil
	}
	for _, parent := range p.Parents {
		if why, err := c.held(ctx, tx, parent, at); err != nil || why != "" {
			return why, err
		}
	}
	return "", nil
}

// stretch is a time in which a permit was not valid, and why.
type stretch struct {
	from, until time.Time
	why         string
}

// broken lists when a permit was not valid, up to now: what it depends on changes only at acts and where its terms begin and end.
func (c *chain) broken(ctx context.Context, tx *sqldb.Tx, id string) (out []stretch, err error) {
	turns := []time.Time{{}}
	ids := []string{id}
	for i := 0; i < len(ids); i++ {
		versions, err := bodiesAt[access.Permit](ctx, tx, "permit", ids[i])
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			turns = append(turns, v.at, v.body.From.Time(), v.body.Until.Time())
			for _, parent := range v.body.Parents {
				if !slices.Contains(ids, parent) {
					ids = append(ids, parent)
				}
			}
		}
	}
	slices.SortFunc(turns, time.Time.Compare)
	turns = slices.DeleteFunc(slices.CompactFunc(turns, time.Time.Equal), func(t time.Time) bool { return t.After(tx.Now()) })
	for i, from := range turns {
		why, err := c.held(ctx, tx, id, from)
		if err != nil {
			return nil, err
		}
		until := tx.Now().Add(time.Microsecond)
		if i+1 < len(turns) {
			until = turns[i+1]
		}
		if why != "" {
			out = append(out, stretch{from, until, why})
		}
	}
	return out, nil
}
