package output

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/grant"
)

// reviewers may sit at a step of a review; which of them do is the procedure's to say.
var reviewers = []access.Role{access.Bureau, access.Operator, access.Holder, access.Expert, access.Department, access.Authorized, access.Government, access.Local}

// reviewed loads a release that the caller was asked to decide on and that is still open.
func reviewed(ctx context.Context, tx *sqldb.Tx, id string) (Release, error) {
	r, err := loadRelease(ctx, tx, id)
	if err != nil {
		return r, err
	}
	actor := access.From(ctx)
	if r.Org == actor.Org {
		return r, errs.New(errs.Forbidden, "申请单位的人员不能审核本单位的结果, 请由其他单位的审核人员办理")
	}
	if r.Matter == "" {
		return r, errs.New(errs.NotFound, noRelease)
	}
	m, err := matter.Load(ctx, tx, r.Matter)
	if err != nil {
		return r, err
	}
	if m.StoodAside(actor) || !matter.Asked(actor, m) && !actor.Oversees(m.Area, access.Bureau) {
		return r, errs.New(errs.NotFound, noRelease)
	}
	return r, r.reviewable()
}

func (r Release) reviewable() error {
	if r.State != InReview {
		return errs.New(errs.Conflict, "这件出域申请不在审核中, 不能再改变检查的结论; 请刷新查看")
	}
	return nil
}

func reason(text string) error {
	if strings.TrimSpace(text) == "" {
		return errs.New(errs.Invalid, "请写明理由")
	}
	return nil
}

// Override records one person's reason why a warning does not stand in the way. It takes as many different people as the law
// says; approval waits for them.
func (s *Service) Override(ctx context.Context, id string, check int, why string) (Release, error) {
	var r Release
	_, err := s.acts.Do(ctx, act.Call{Act: "output.override"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := reason(why); err != nil {
			return err
		}
		if r, err = reviewed(ctx, tx.Tx, id); err != nil {
			return err
		}
		if !slices.ContainsFunc(r.Checks, func(c Check) bool { return c.No == check && c.Outcome == Warn }) {
			return errs.New(errs.Invalid, "这项检查没有提示, 不必写明理由")
		}
		who := tx.Actor().Account
		if slices.ContainsFunc(r.Overrides, func(o Override) bool { return o.Check == check && o.Account == who }) {
			return errs.New(errs.Conflict, "您已就这项提示写明理由, 须由另一名人员再写")
		}
		if err := tx.Judge(ctx, map[string]string{"org": r.Org, "release": r.ID}); err != nil {
			return err
		}
		r.Overrides = append(r.Overrides, Override{Check: check, Account: who, Reason: why, At: tx.Now()})
		return s.save(ctx, tx, r)
	})
	if err != nil {
		return Release{}, err
	}
	return r, nil
}

// Redact (隐去后同意) hides further cells of a release in review: less leaves, totals follow, and of an exact table also what
// would give the hidden cells back. The checks are made again on what is left.
func (s *Service) Redact(ctx context.Context, id string, cells []int, why string) (Release, error) {
	if err := reason(why); err != nil {
		return Release{}, err
	}
	r, e, struck, err := s.without(ctx, id, cells)
	if err != nil {
		return Release{}, err
	}
	before := r.Digest
	ref, sets, err := s.put(ctx, &e)
	if err != nil {
		return Release{}, err
	}
	checks := examine(e)
	_, err = s.acts.Do(ctx, act.Call{Act: "output.redact"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if r, err = reviewed(ctx, tx.Tx, id); err != nil {
			return err
		}
		if r.Digest != before {
			return errs.New(errs.Conflict, "出域申请刚刚被改动, 请刷新后重试")
		}
		if err := tx.Judge(ctx, map[string]string{"org": r.Org, "release": r.ID}); err != nil {
			return err
		}
		if !passed(checks) {
			return errs.New(errs.Conflict, "隐去后的表没有通过第 %d 项检查: %s; 请另选单元格, 或者退回、不同意", checks[len(checks)-1].No, checks[len(checks)-1].Detail)
		}
		r.Struck, r.Digest, r.Checks = struck, ref.Digest, checks
		r.Overrides = append(r.Overrides, Override{Check: -1, Account: tx.Actor().Account, Reason: why, At: tx.Now()})
		if e.exact != nil {
			if err := tx.Lock(ctx, "exact releases "+e.model.Unit); err != nil {
				return err
			}
			now, err := exactReleases(ctx, tx.Tx, e.model.Unit)
			if err != nil {
				return err
			}
			if !slices.Equal(now, e.past) { // another came in between, which the audits did not see
				return errs.New(errs.Conflict, "另一件精确结果的出域申请刚刚有变, 请刷新后重试")
			}
			if err := replaceExact(ctx, tx.Tx, r.ID, sets); err != nil {
				return err
			}
		}
		return s.save(ctx, tx, r)
	})
	if err != nil {
		return Release{}, err
	}
	return r, nil
}

// without gathers a release in review as it would be without further cells.
func (s *Service) without(ctx context.Context, id string, cells []int) (r Release, e evidence, struck []int, err error) {
	if len(cells) == 0 {
		return r, e, nil, errs.New(errs.Invalid, "请至少选择一个要隐去的单元格")
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		r, err = reviewed(ctx, tx, id)
		return err
	})
	if err != nil {
		return r, e, nil, err
	}
	struck = append(slices.Clone(r.Struck), cells...)
	slices.Sort(struck)
	struck = slices.Compact(struck)
	if e, err = s.gather(ctx, Ask{Run: r.Run, Purpose: r.Purpose, Recipient: r.Recipient, Retention: r.Retention}, struck); err != nil {
		return r, e, nil, err
	}
	if e.exact != nil {
		e.exact.name, e.exact.earlier = r.ID, slices.DeleteFunc(e.exact.earlier, func(old audit.Released) bool { return old.ID == r.ID })
	}
	return r, e, struck, nil
}

// Preview is what hiding cells would leave.
type Preview struct {
	Shown  int      `json:"shown"`
	Hidden int      `json:"hidden"`
	Also   []string `json:"also" doc:"Cells that would be hidden beside, so that the others cannot be computed"`
	Passed bool     `json:"passed"`
	Why    string   `json:"why,omitempty" doc:"What the check found that the rest would fail"`
}

// Preview shows a reviewer what Redact would do, and does nothing.
func (s *Service) Preview(ctx context.Context, id string, cells []int) (Preview, error) {
	r, e, struck, err := s.without(ctx, id, cells)
	if err != nil {
		return Preview{}, err
	}
	checks := examine(e)
	p := Preview{Shown: e.result.Table.Shown, Hidden: e.result.Table.Hidden, Also: []string{}, Passed: passed(checks)}
	if !p.Passed {
		p.Why = checks[len(checks)-1].Detail
	}
	if e.exact == nil {
		return p, nil
	}
	was, err := s.gather(ctx, Ask{Run: r.Run}, append([]int{}, r.Struck...))
	if err != nil {
		return Preview{}, err
	}
	for c, h := range e.exact.hidden {
		if h && !was.exact.hidden[c] && !slices.Contains(struck, c) {
			p.Also = append(p.Also, strings.Join(e.keys(c), " · "))
		}
	}
	return p, nil
}

// strike hides cells of a noised table. Totals are sums of what is shown, so they fall with it.
func strike(t *release.Table, cells []int) {
	for i := range t.Rows {
		if !slices.Contains(cells, t.Rows[i].Cell) {
			continue
		}
		hidden := false
		for c := range t.Rows[i].Fields {
			f := &t.Rows[i].Fields[c]
			if t.Columns[c].Kind == query.OutKey || f.Hidden {
				continue
			}
			hidden = true
			if t.Columns[c].Kind == query.OutAgg {
				t.Totals[c].Value.N -= f.Value.N
			}
			*f = release.Field{Hidden: true}
		}
		if hidden {
			t.Shown, t.Hidden = t.Shown-1, t.Hidden+1
		}
	}
}

// Recall (撤回) takes back what was approved: nothing leaves any more, and what has left must be destroyed by who holds it. An
// exact release stays in the audits, because what was seen cannot be unseen.
func (s *Service) Recall(ctx context.Context, id, why string) (Release, error) {
	var r Release
	_, err := s.acts.Do(ctx, act.Call{Act: "output.recall"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := reason(why); err != nil {
			return err
		}
		if r, err = loadRelease(ctx, tx.Tx, id); err != nil {
			return err
		}
		if over, err := grant.Oversees(ctx, tx.Tx, r.Scenario); err != nil || !over {
			return errs.Or(err, errs.New(errs.NotFound, noRelease))
		}
		if err := r.recallable(); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": r.Org, "release": r.ID}); err != nil {
			return err
		}
		r.State, r.Recall = Recalled, &Recall{Account: tx.Actor().Account, Reason: why, Left: r.Exports, At: tx.Now()}
		return s.save(ctx, tx, r)
	})
	if err != nil {
		return Release{}, err
	}
	return r, nil
}

func (r Release) recallable() error {
	if r.State != Approved && r.State != Exported {
		return errs.New(errs.Conflict, "只有已批准的结果可以撤回; 在审核中的请退回或者不同意")
	}
	return nil
}

// offer is an act and what stands in its way.
type offer struct {
	act   string
	state error
}

// options are the acts on a release as they stand for the caller.
func (s *Service) options(ctx context.Context, tx *sqldb.Tx, r Release, warned []int) ([]act.Option, error) {
	objects := map[string]string{"org": r.Org, "release": r.ID}
	offers := []offer{{"output.export", r.leaves()}}
	switch {
	case access.From(ctx).Org != r.Org: // who reviews exports nothing
		override := r.reviewable()
		if override == nil && len(warned) == 0 {
			override = errs.New(errs.Conflict, "没有待说明理由的提示")
		}
		offers = []offer{{"output.override", override}, {"output.redact", r.reviewable()}, {"output.recall", r.recallable()}}
	case r.State == Draft:
		offers = append(offers, offer{"output.cancel", nil})
	}
	out := []act.Option{}
	for _, o := range offers {
		option, err := s.acts.Option(ctx, tx, o.act, o.state, objects)
		if err != nil {
			return nil, err
		}
		out = append(out, option)
	}
	return out, nil
}
