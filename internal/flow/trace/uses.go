package trace

import (
	"context"
	"fmt"
	"slices"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
)

// covered finds whether a run's grant covered it when it began.
func (c *chain) covered(ctx context.Context, tx *sqldb.Tx, n node, g grant.Grant, r lab.Run) error {
	if g.ID == "" {
		return nil // link has said so
	}
	if !slices.ContainsFunc(g.Models, func(m grant.Model) bool { return m.Version == r.Version && m.Hash == r.Hash }) {
		c.gap(n, "授权没有包括这个模型版本")
	}
	why, err := c.held(ctx, tx, g.Permit, r.Opened)
	if err == nil && why != "" {
		c.gap(n, "使用数据时授权无效: "+why)
	}
	return err
}

// release adds what was asked to leave, and its review. The applicant of exact figures learns of no check, for each is an answer
// about the data, and so is who passed a warning and who hid a cell.
func (c *chain) release(ctx context.Context, r output.Release) {
	secret := r.Mode == release.ExactMode && access.From(ctx).Org == r.Org
	n := node{stage: Result, kind: "release", id: r.ID, title: r.Title, rests: []Ref{{"run", r.Run}}, stageOf: func(act string) Stage {
		switch {
		case act == "output.export":
			return Delivery
		case secret && (act == "output.override" || act == "output.redact"):
			return ""
		}
		return Result
	}}
	c.add(n)
	c.matter(r.Matter, Result, r.Title)
	if r.Matter == "" && (r.State == output.Approved || r.State == output.Exported) {
		c.gap(n, "结果没有经过出域审查")
	}
}

// exports compares how often results left with what the ledger has of it.
func (c *chain) exports(releases []output.Release, steps []Step) {
	for _, r := range releases {
		entered := 0
		for _, s := range steps {
			if s.Object == r.ID && s.Act == "output.export" {
				entered++
			}
		}
		if entered != r.Exports {
			c.gap(node{stage: Delivery, kind: "release", id: r.ID, title: r.Title}, fmt.Sprintf("记有 %d 次导出, 账本里有 %d 次", r.Exports, entered))
		}
	}
}

// service adds a served model and what it answered, the calls of one day together.
func (c *chain) service(ctx context.Context, tx *sqldb.Tx, d service) error {
	n := node{stage: Delivery, kind: "deployment", id: d.ID, title: d.Title, rests: []Ref{{"grant", d.Grant}, {"permit", d.Permit}}}
	c.add(n)
	days, err := callDays(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	calls := node{stage: Use, kind: n.kind, id: n.id, title: n.title}
	var undocumented, unentered int64
	for _, day := range days {
		c.extra = append(c.extra, Step{Stage: Use, At: day.first, Act: "serve.call", Seq: day.entry, Kind: n.kind, Object: d.ID, Title: d.Title, Org: d.Org, Count: day.n, Rests: n.rests})
		undocumented, unentered = undocumented+day.undocumented, unentered+day.unentered
	}
	if undocumented > 0 {
		c.gap(calls, fmt.Sprintf("有 %d 次查询没有找到本人授权书", undocumented))
	}
	if unentered > 0 {
		c.gap(calls, fmt.Sprintf("有 %d 次查询在账本里没有条目", unentered))
	}
	if len(days) == 0 {
		return nil
	}
	stretches, err := c.broken(ctx, tx, d.Permit)
	if err != nil {
		return err
	}
	for _, b := range stretches {
		count, err := callsBetween(ctx, tx, d.ID, b.from, b.until)
		if err != nil {
			return err
		}
		if count > 0 {
			c.gap(calls, fmt.Sprintf("有 %d 次查询发生在授权无效时: %s", count, b.why))
		}
	}
	return nil
}
