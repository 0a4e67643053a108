package lab

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/synth"
	"yunei/internal/flow/grant"
)

// foresee makes the checks that ask what is true today: the error to expect (SC20), the budgets (SC21), and how the
// model lies to what was answered before (SC22). None looks at raw data.
func (s *Service) foresee(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, c *compiled) (list []guard.Check, charge *disclose.Preview, err error) {
	predicted, err := s.predicted(ctx, tx, c)
	if err != nil {
		return nil, nil, err
	}
	if c.preview != nil {
		if charge, err = s.chargePreview(ctx, tx, sc, c); err != nil {
			return nil, nil, err
		}
	}
	met, err := s.met(ctx, tx, sc, c)
	return []guard.Check{predicted, afford(c, charge), met}, charge, err
}

// mostlyHidden is the share of hidden cells from which a reviewer is warned.
const mostlyHidden = 0.5

// predicted is SC20: the error of each output and the share of cells that will not be shown, from public metadata and,
// where a charged sample was learned, from its noisy distribution.
func (s *Service) predicted(ctx context.Context, tx *sqldb.Tx, c *compiled) (guard.Check, error) {
	out := guard.Check{ID: "SC20", Title: "预计误差与不予显示的比例", TitleEn: "Predicted error and share of hidden cells", Status: guard.Pass}
	p := c.preview
	if p == nil {
		out.Status = guard.NotHere
		return out, nil
	}
	for _, col := range p.Columns {
		if col.Error95 != "" {
			out.Note("%s：95%% 的情形误差不超过 ±%s", "%s: the error is within ±%s in 95%% of cases", col.Name, col.Error95)
		}
	}
	switch {
	case c.model.Fit != nil:
		return out, nil
	case p.Plan.Select != nil:
		out.Note("有 %d 个主体的分组约一半的情形会显示，有 %d 个的几乎总会显示", "a group of %d units is shown every second time, one of %d nearly always", p.HalfShown, p.MostShown)
		return out, nil
	}
	out.Note("单元格加噪后的主体数达到 %d 才显示", "a cell is shown when its noised units reach %d", p.Threshold)
	units, level, err := s.expected(ctx, tx, c)
	if err != nil || len(units) == 0 {
		if err == nil {
			out.Note("资源没有公布主体数，不能预计多少单元格会显示", "the resource publishes no number of units: how many cells will be shown cannot be predicted")
		}
		return out, err
	}
	if level == synth.LevelS0 {
		out.Note("没有学习样例，按各单元格人数相同估计：平均每格约 %d 个主体", "no learned sample: cells are taken to be equally full, about %d units each", p.PerCell)
	} else {
		out.Note("各单元格的人数按 %s 样例的加噪分布估计", "units per cell are estimated from the noisy distribution of the %s sample", level)
	}
	share := p.Plan.Hidden(units)
	say := out.Note
	if share >= mostlyHidden {
		say = out.Warn
	}
	say("预计 %.0f%% 的单元格不予显示（共 %d 格）", "%.0f%% of the cells are predicted to be hidden (of %d)", 100*share, len(units))
	return out, nil
}

// expected are the units that each cell is expected to have, leaving out cells that the question itself leaves empty, and
// the level of the sample that says so: S0 says nothing, so cells count as equally full.
func (s *Service) expected(ctx context.Context, tx *sqldb.Tx, c *compiled) ([]float64, string, error) {
	total := int64(0)
	for _, t := range c.model.Tables {
		if policy, ok := c.catalog.Table(t.Name); ok {
			total = max(total, policy.Units)
		}
	}
	if total == 0 {
		return nil, "", nil
	}
	structural, err := release.Structural(c.model)
	if err != nil {
		return nil, "", err
	}
	even := make([]float64, max(c.model.Cells()-len(structural), 1))
	for i := range even {
		even[i] = float64(total) * float64(c.preview.Plan.L0) / float64(c.model.Cells())
	}
	data, level, err := s.madeFrom(ctx, tx, c, synth.LevelS2, trialRows)
	if err != nil || level == synth.LevelS0 {
		return even, synth.LevelS0, err
	}
	sampled := map[string]bool{}
	for _, t := range c.model.Tables {
		rows := data[t.Name]
		if key := slices.Index(rows.Columns, t.SubjectKey); key >= 0 && t.SubjectKey != "" {
			for _, row := range rows.Rows {
				if !row[key].IsNull() {
					sampled[row[key].S] = true
				}
			}
		}
	}
	program, err := interp.Compile(c.model)
	if err != nil || len(sampled) == 0 {
		return even, synth.LevelS0, err
	}
	cells, err := program.Aggregate(data, interp.SaltedChoice(c.model.Hash()))
	if err != nil {
		return nil, "", err
	}
	out := even[:0]
	for _, cell := range cells {
		if !slices.Contains(structural, cell.Index) {
			out = append(out, float64(cell.Units)*float64(total)/float64(len(sampled)))
		}
	}
	return out, level, nil
}

var scopesEn = map[string]string{disclose.ResourceYear: "budget of the resource's year", disclose.ResourceLifetime: "budget of the resource's lifetime", disclose.ResourceMonth: "budget per person and month",
	disclose.Grant: "share of the grant", disclose.Group: "budget of related companies together"}

// afford is SC21: what one run costs and leaves. What is not covered today may be next year; what exceeds a whole budget
// never will be, and is refused.
func afford(c *compiled, charge *disclose.Preview) guard.Check {
	out := guard.Check{ID: "SC21", Title: "披露额度够用", TitleEn: "The disclosure budgets cover a run", Status: guard.Pass}
	switch {
	case c.preview == nil:
		out.Status = guard.NotHere
		return out
	case charge == nil:
		out.Note("本次计 rho %s；资源还没有数据，额度待有数据后核对", "a run costs rho %s; there is no data yet to charge it to", c.preview.Plan.Rho)
		return out
	case charge.Equal != nil:
		out.Note("相同的查询已有结果，取用不另计额度", "an equal query was answered already; serving it again costs nothing")
		return out
	}
	for _, b := range charge.Scopes {
		zh, en := "%[1]s：上限 %[3]s，已计 %[4]s，本次后 %[5]s", "%[2]s: cap %[3]s, charged %[4]s, after a run %[5]s"
		title, titleEn := b.Title, scopesEn[b.Kind]
		if b.Kind == disclose.ResourceMonth {
			title, titleEn = title+"（"+cmp.Or(b.Period, "各月份")+"）", titleEn+" ("+cmp.Or(b.Period, "every month")+")"
		}
		args := []any{title, titleEn, b.Cap, b.Charged, b.After}
		switch {
		case b.Enough:
			out.Note(zh, en, args...)
		case charge.Rho > b.Cap && b.Kind != disclose.Grant:
			out.Status = guard.Refused
			out.Note("L101 "+zh+"；一次运行超过全部额度", "L101 "+en+"; one run exceeds the whole budget", args...)
		default:
			out.Warn(zh+"；今天不够", en+"; not covered today", args...)
		}
	}
	if n := len(c.family.Members); n > 1 {
		out.Note("每组参数各计一次：全部 %d 组共 rho %s", "each choice of parameters is charged: all %d together rho %s", n, release.Rho(n)*charge.Rho)
	}
	return out
}

// met is SC22: how the rows that the model counts lie to those of earlier runs of the same asker on the same snapshots, by
// the algebra of conditions; of models about one person, what all that is approved tells together.
func (s *Service) met(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, c *compiled) (guard.Check, error) {
	out := guard.Check{ID: "SC22", Title: "与以往查询的重叠", TitleEn: "Overlap with earlier queries", Status: guard.Pass}
	orgs, err := party.RelatedTo(ctx, tx, sc.Org, workday.DateOf(tx.Now()).Year())
	if err != nil {
		return out, err
	}
	orgs = append([]string{sc.Org}, orgs...)
	if c.model.Class.Own() {
		return out, s.stacked(ctx, tx, orgs, c, &out)
	}
	now := map[string]string{}
	for _, t := range c.model.Tables {
		snap, err := s.Collect.ActiveSnapshot(ctx, tx, t.Resource)
		if err == nil && t.UnitKind != "" {
			now[snap.Digest] = t.Name
		} else if err != nil && !errs.Is(err, errs.NotFound) {
			return out, err
		}
	}
	earlier := 0
	tally := map[guard.Overlap]int{}
	families := map[string]Version{}
	var shown []meeting
	for _, org := range orgs {
		runs, err := listRuns(ctx, tx, org, "", "", "", comparedRuns)
		if err != nil {
			return out, err
		}
		for _, r := range runs {
			if r.Reused != "" || r.State == Failed && r.Rho == 0 || !readsAny(r, now) {
				continue
			}
			v, ok := families[r.Version]
			if !ok {
				if v, err = LoadVersion(ctx, tx, r.Version); err != nil {
					return out, err
				}
				families[r.Version] = v
			}
			other, _, err := v.Ran(r)
			if err != nil {
				return out, err
			}
			earlier++
			best := guard.Meet(c.family.Members[0], other)
			for _, m := range c.family.Members[1:] {
				if x := guard.Meet(m, other); x.Worse(best) {
					best = x
				}
			}
			tally[best.Overlap]++
			shown = append(shown, meeting{r, v.Name, best})
		}
	}
	if earlier == 0 {
		out.Note("本单位及关联企业在本期数据上还没有运行过其他查询", "neither this asker nor its related companies ran anything on these snapshots")
		return out, nil
	}
	out.Note("本期数据上以往 %d 次运行：口径相同 %d，一方包含另一方 %d，部分重叠 %d，互不相交 %d",
		"%d earlier runs on these snapshots: %d with the same conditions, %d where one contains the other, %d crossing, %d apart",
		earlier, tally[guard.SameRows], tally[guard.Narrower]+tally[guard.Wider], tally[guard.Crossing], tally[guard.Apart])
	slices.SortStableFunc(shown, func(a, b meeting) int {
		if a.Worse(b.Meeting) {
			return -1
		} else if b.Worse(a.Meeting) {
			return 1
		}
		return 0
	})
	for _, m := range shown[:min(len(shown), shownMeetings)] {
		m.say(&out)
	}
	return out, nil
}

const (
	comparedRuns  = 100 // of each organization, the newest
	shownMeetings = 5
)

func readsAny(r Run, snapshots map[string]string) bool {
	for _, digest := range r.Snapshots {
		if _, ok := snapshots[digest]; ok {
			return true
		}
	}
	return false
}

// meeting is an earlier run that the model was compared with.
type meeting struct {
	run  Run
	name string
	guard.Meeting
}

func (m meeting) say(out *guard.Check) {
	args := []any{m.run.ID, m.name, strings.Join(m.Differ, "、")}
	switch m.Overlap {
	case guard.Narrower:
		out.Warn("%s（%s）的口径包含本模型，两者之差只由 %s 决定，相减即得其余部分；风险以累计额度为界", "%s (%s) counts all that this model counts; their difference is decided by %s alone and can be computed; the budgets bound what it tells", args...)
	case guard.Wider:
		out.Warn("本模型的口径包含 %s（%s），两者之差只由 %s 决定，相减即得其余部分；风险以累计额度为界", "this model counts all that %s (%s) counted; their difference is decided by %s alone and can be computed; the budgets bound what it tells", args...)
	case guard.SameRows:
		out.Note("%s（%s）的行条件与本模型相同", "%s (%s) has the same conditions on rows", args[:2]...)
	case guard.Crossing:
		out.Note("%s（%s）与本模型部分重叠，条件不同的数据项：%s", "%s (%s) crosses this model; conditions differ on %s", args...)
	case guard.Apart:
		out.Note("%s（%s）与本模型没有共同的行", "%s (%s) has no row in common with this model", args[:2]...)
	}
}

// stacked is SC22 of a model about one person.
func (s *Service) stacked(ctx context.Context, tx *sqldb.Tx, group []string, c *compiled, out *guard.Check) error {
	list, err := s.Budget.StackTest(ctx, tx, group, c.family.Members...)
	if err != nil {
		return err
	}
	for _, f := range list {
		name, en := f.Field, f.Field
		switch f.Field {
		case disclose.Presence:
			name, en = "是否有记录", "whether there is a record"
		case query.Records:
			name, en = "记录条数", "the number of records"
		}
		zhText, enText := "%[1]s：与已批准的各模型叠加后分辨 %[3]d 种，上限 %[4]d", "%[2]s: with all approved models told apart into %[3]d, at most %[4]d"
		if f.Finer {
			out.Warn("L106 "+zhText+"；部署时将被拒绝", "L106 "+enText+"; deployment will be refused", name, en, f.Cells, f.Cap)
		} else {
			out.Note(zhText, enText, name, en, f.Cells, f.Cap)
		}
	}
	return nil
}

// refusedBy is the refusal of the checks that the lab adds.
func refusedBy(list []guard.Check) error {
	for _, c := range list {
		if c.Status != guard.Refused {
			continue
		}
		return &errs.Error{Code: errs.Invalid, Msg: fmt.Sprintf("模型没有通过检查 %s（%s）, 请按所列依据修改后重新提交", c.ID, c.Title),
			Spots: []errs.Spot{{Where: "checks." + c.ID, Code: c.ID, Message: strings.Join(c.Evidence, "；"), En: strings.Join(c.EvidenceEn, "; ")}}}
	}
	return nil
}
