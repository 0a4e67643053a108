package matter_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/test/testdb"
)

// panelsPack writes a pack whose review has a bureau's step, two panels beside each other, and a bureau's step after them.
func panelsPack(t *testing.T, dir string) string {
	t.Helper()
	panel := "\n    by: expert\n    after: [start]\n    panel: {size: expert.panel.size, quorum: expert.panel.quorum}\n    may: [pass, return, refuse]\n    cite: {article: 第一条, quote: 两个评审组}\n"
	bureau := "\n    by: data-bureau\n    may: [pass, return, refuse]\n    cite: {article: 第一条, quote: 两个评审组}\n"
	for name, text := range map[string]string{
		"pack.yaml": "id: panels\ntitle: 示例规则\nissuer: 示例市\nlevel: city\nfrom: 2024-01-01\nwith: [yunei-base]\n" +
			"roles:\n  - {role: expert, title: 评审专家}\n  - {role: data-user, title: 申请单位}\n  - {role: data-bureau, title: 主管单位}\n",
		"articles/1.md": "# 第一条 评审\n\n两个评审组分别评审。\n",
		"procedures/review.yaml": "kind: " + review + "\ntitle: 审查\ncite: {article: 第一条, quote: 两个评审组}\napplicant: [data-user]\nsteps:\n" +
			"  - id: start\n    title: 受理" + bureau + "  - id: law\n    title: 法律评审" + panel + "  - id: safety\n    title: 安全评审" + panel +
			"  - id: final\n    title: 决定\n    after: [law, safety]" + bureau,
	} {
		file := filepath.Join(dir, "panels", name)
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(text), 0o600))
	}
	return filepath.Join(dir, "panels")
}

// eachPanels is an office of two panels that are drawn from the same four experts.
func eachPanels(t *testing.T, fn func(t *testing.T, o *office)) {
	try := func(t *testing.T, db *sqldb.DB, clk *clock.Set) {
		keys, err := seal.LoadOrCreate(t.TempDir())
		must(t, err)
		o := newOfficeUnder(t, db, clk, keys, panelsPack(t, t.TempDir()))
		o.experts("x", "y", "z", "u")
		fn(t, o)
	}
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(monday)
		try(t, testdb.SQLite(t, clk), clk)
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(monday)
		try(t, testdb.Postgres(t, clk), clk)
	})
}

func seatsOf(t *testing.T, m *matter.Matter, step string) (out []string) {
	t.Helper()
	s, err := m.Step(step)
	must(t, err)
	for _, to := range s.Addressed {
		out = append(out, strings.TrimPrefix(to, access.AccountAddress("acc_")))
	}
	return out
}

// Whoever sits on two panels and stands aside on one has given both seats back: no seat is left dead, and none comes back after a return.
func TestService_Recuse_other_panel(t *testing.T) {
	eachPanels(t, func(t *testing.T, o *office) {
		m := o.filed(review, "m")
		m, err := o.say(o.bureau(1), m.ID, "start", matter.Pass)
		must(t, err)
		law, safety := seatsOf(t, m, "law"), seatsOf(t, m, "safety")
		i := slices.IndexFunc(law, func(who string) bool { return slices.Contains(safety, who) })
		who := law[i] // of four, three and three share at least two
		_, err = o.Recuse(o.as(who, "", access.Expert), m.ID, "law", "配偶任职于申请单位")
		must(t, err)
		m = o.load(m.ID)
		for _, step := range []string{"law", "safety"} {
			seated := seatsOf(t, m, step)
			if len(seated) != 3 || slices.Contains(seated, who) {
				t.Errorf("%s: %v sit after %s stood aside, want three others", step, seated, who)
			}
			for _, other := range seated {
				if tasks := o.inbox(o.as(other, "", access.Expert)); !slices.Contains(tasks, step+" m") {
					t.Errorf("%s sits at %s and finds %q", other, step, tasks)
				}
			}
		}
		o.wantInbox(who, o.as(who, "", access.Expert))

		// Three are left: one more may go where two remain, the next would leave a panel too small, and then nothing changes.
		rest := seatsOf(t, m, "law")
		_, err = o.Recuse(o.as(rest[0], "", access.Expert), m.ID, "safety", "曾任申请人的顾问")
		must(t, err)
		before := o.load(m.ID)
		wantCode(t, "below the quorum", second(o.Recuse(o.as(rest[1], "", access.Expert), m.ID, "law", "曾任申请人的顾问")), errs.Conflict)
		m = o.load(m.ID)
		if len(m.Recused) != 2 || !slices.Equal(seatsOf(t, m, "safety"), seatsOf(t, before, "safety")) || !slices.Equal(seatsOf(t, m, "law"), seatsOf(t, before, "law")) {
			t.Errorf("a refused recusal left %v aside, %v and %v sitting", m.Recused, seatsOf(t, m, "law"), seatsOf(t, m, "safety"))
		}
		o.fsck()
	})
}

// A panel that concluded is asked again after a return: whoever stood aside meanwhile on another is not seated in it.
func TestService_Recuse_used_again(t *testing.T) {
	eachPanels(t, func(t *testing.T, o *office) {
		m := o.filed(review, "m")
		m, err := o.say(o.bureau(1), m.ID, "start", matter.Pass)
		must(t, err)
		law, safety := seatsOf(t, m, "law"), seatsOf(t, m, "safety")
		who := law[slices.IndexFunc(law, func(who string) bool { return slices.Contains(safety, who) })]
		for _, other := range slices.DeleteFunc(law, func(p string) bool { return p == who }) { // the law panel concludes without them
			_, err = o.say(o.as(other, "", access.Expert), m.ID, "law", matter.Pass)
			must(t, err)
		}
		_, err = o.Recuse(o.as(who, "", access.Expert), m.ID, "safety", "配偶任职于申请单位")
		must(t, err)
		m = o.load(m.ID)
		back := matter.Decision{Verdict: matter.Return, Reason: "受理有误", To: "start", NoConflict: true}
		_, err = o.Decide(o.as(seatsOf(t, m, "safety")[0], "", access.Expert), m.ID, "safety", back)
		must(t, err)
		m, err = o.say(o.bureau(1), m.ID, "start", matter.Pass)
		must(t, err)
		for _, step := range []string{"law", "safety"} {
			if seated := seatsOf(t, m, step); slices.Contains(seated, who) || len(seated) < 2 {
				t.Errorf("%s: %v sit in the second round, %s stood aside in the first", step, seated, who)
			}
		}
	})
}

// Whoever stood aside decides nothing further in the matter and sees nothing of it, though their office would.
func TestService_Recuse_office(t *testing.T) {
	eachPanels(t, func(t *testing.T, o *office) {
		m := o.filed(review, "m")
		m, err := o.say(o.bureau(1), m.ID, "start", matter.Pass)
		must(t, err)
		law := seatsOf(t, m, "law")
		both := o.as(law[0], "org_bureau", access.Expert, access.Bureau)
		_, err = o.Recuse(both, m.ID, "law", "配偶任职于申请单位")
		must(t, err)
		m = o.load(m.ID)
		for _, step := range []string{"law", "safety"} {
			for _, who := range seatsOf(t, m, step)[:2] {
				_, err := o.say(o.as(who, "", access.Expert), m.ID, step, matter.Pass)
				must(t, err)
			}
		}
		wantCode(t, "deciding a later step", second(o.say(both, m.ID, "final", matter.Pass)), errs.NotFound)
		must(t, o.db.View(both, func(tx *sqldb.Tx) error {
			_, err := matter.Visible(both, tx, m.ID)
			wantCode(t, "the file", err, errs.NotFound)
			if seen, err := matter.MayRead(both, tx, "", "org_bank", m.ID); err != nil || seen {
				t.Errorf("what the matter is about: read %v, %v", seen, err)
			}
			list, err := matter.ListVisible(both, tx, access.From(both), matter.Filter{Limit: 1})
			if len(list) > 0 {
				t.Errorf("the list shows %s", list[0].Title)
			}
			return err
		}))
		_, err = o.say(o.bureau(2), m.ID, "final", matter.Pass)
		must(t, err)
	})
}

// An opinion of somebody drawn by lot waits for the declaration that nothing ties them to the applicant.
func TestService_Decide_undeclared(t *testing.T) {
	eachPanels(t, func(t *testing.T, o *office) {
		m := o.filed(review, "m")
		m, err := o.say(o.bureau(1), m.ID, "start", matter.Pass) // who was not drawn declares nothing
		must(t, err)
		who := o.as(seatsOf(t, m, "law")[0], "", access.Expert)
		for _, v := range []matter.Verdict{matter.Pass, matter.Return, matter.Refuse} {
			e := wantCode(t, "undeclared", second(o.Decide(who, m.ID, "law", matter.Decision{Verdict: v, Reason: "理由充分"})), errs.Invalid)
			if len(e.Spots) != 1 || e.Spots[0].Where != "body.no_conflict" {
				t.Errorf("%s: spots %v, want one at no_conflict", v, e.Spots)
			}
		}
		_, err = o.Decide(who, m.ID, "law", matter.Decision{Verdict: matter.Pass, Reason: "理由充分", NoConflict: true})
		must(t, err)
	})
}

// Why somebody stood aside is for the bureau and the auditors; the applicant and the other experts read that they did.
func TestMatter_Discreet(t *testing.T) {
	eachPanels(t, func(t *testing.T, o *office) {
		m := o.filed(review, "m")
		m, err := o.say(o.bureau(1), m.ID, "start", matter.Pass)
		must(t, err)
		who := seatsOf(t, m, "law")[0]
		_, err = o.Recuse(o.as(who, "", access.Expert), m.ID, "law", "配偶任职于申请单位")
		must(t, err)
		for reader, want := range map[string]bool{"bureau": true, "auditor": true, "bank": false, "operator": false, "expert": false, "bureau of the bank": false} {
			actor := map[string]access.Actor{"bureau": access.From(o.bureau(1)), "auditor": {Account: "acc_a", Roles: []access.Role{access.Auditor}},
				"bank": access.From(o.bank()), "operator": access.From(o.operator()), "expert": {Account: "acc_v", Roles: []access.Role{access.Expert}},
				"bureau of the bank": {Account: "acc_b", Org: "org_bank", Roles: []access.Role{access.Bureau}}}[reader]
			m := o.load(m.ID)
			m.Discreet(actor)
			var told []string
			for _, s := range m.Steps {
				if s.Draw == nil {
					continue
				}
				for _, c := range s.Draw.Candidates {
					if c.Account == "acc_"+who {
						told = append(told, c.Excluded)
					}
				}
			}
			told = append(told, m.Events[len(m.Events)-1].Reason)
			if got := strings.Contains(strings.Join(told, " "), "配偶"); got != want || !strings.Contains(told[0], "回避") {
				t.Errorf("%s reads %q, want the reason told: %v", reader, told, want)
			}
		}
	})
}
