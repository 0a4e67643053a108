package matter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/test/testdb"
)

// townPack writes a pack whose one review takes days working days, with or without a transitional article.
func townPack(t *testing.T, dir string, days int, transitional bool) string {
	t.Helper()
	running := ""
	if transitional {
		running = "\n    running: {article: 第二条, quote: 已经受理的也适用}"
	}
	for name, text := range map[string]string{
		"pack.yaml": "id: town\ntitle: 示例规则\nissuer: 示例市\nlevel: city\nfrom: 2024-01-01\nwith: [yunei-base]\n" +
			"roles:\n  - {role: platform-operator, title: 受理单位}\n  - {role: data-user, title: 申请单位}\n  - {role: data-bureau, title: 主管单位}\n",
		"articles/1.md": "# 第一条 期限\n\n在规定的期限内办结。\n",
		"articles/2.md": "# 第二条 过渡\n\n已经受理的也适用。\n",
		"rules/values.yaml": fmt.Sprintf("values:\n  - name: review.within\n    kind: deadline\n    title: 办理期限\n    int: %d\n    unit: working_day"+
			"\n    cite: {article: 第一条, quote: 在规定的期限内办结}%s\n", days, running),
		"procedures/review.yaml": "kind: " + review + "\ntitle: 审查\ncite: {article: 第一条, quote: 在规定的期限内办结}\napplicant: [data-user]\nsteps:\n  - id: review\n" +
			"    title: 审查\n    by: platform-operator\n    within: {for: review.within, cite: {article: 第一条, quote: 在规定的期限内办结}}\n" +
			"    may: [pass, return, refuse]\n    cite: {article: 第一条, quote: 在规定的期限内办结}\n",
	} {
		file := filepath.Join(dir, "town", name)
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(text), 0o600))
	}
	return filepath.Join(dir, "town")
}

// A pack replaced at start by a newer version moves nothing by itself, and without a transitional article nothing at all. With one,
// the bureau moves it in acts that one ledger entry holds, two people each; what ended in between is left alone, and of two who confirm
// at once one is told that it is done.
func TestService_transition(t *testing.T) {
	testdbEach(t, func(t *testing.T, restart func(pack string) *office) {
		dir := t.TempDir()
		o := restart(townPack(t, dir, 2, false))
		const filed = 103
		ids := make([]string, filed)
		for i := range ids {
			ids[i] = o.filed(review, fmt.Sprintf("m%d", i)).ID
		}
		over := o.load(ids[0])
		_, err := o.say(o.operator(), over.ID, "review", matter.Pass)
		must(t, err)

		o = restart(townPack(t, dir, 5, false))
		list, err := o.Differences(o.bureau(1))
		must(t, err)
		if len(list) != 1 || list[0].Matters != filed-1 || list[0].Running != nil || !list[0].Was[0].Same(over.Steps[0].Clocks[0].Limit) {
			t.Fatalf("differences = %+v, want the one value under which %d matters run", list, filed-1)
		}
		_, err = o.Preview(o.bureau(1), []string{"review.within"})
		if e := wantCode(t, "a preview without a transitional article", err, errs.Unlawful); len(e.Cites) != 1 || e.Cites[0].Article != "第一条" {
			t.Errorf("it cites %+v, want the article that sets the value", e.Cites)
		}

		o = restart(townPack(t, dir, 5, true))
		newer := o.filed(review, "accepted after the change")
		first := o.move("review.within")
		if first.State != matter.Done || len(first.Shifts) != 100 || !first.More {
			t.Fatalf("the first act is %s and moved %d matters, more %v; want 100 and more", first.State, len(first.Shifts), first.More)
		}
		if m := o.load(ids[1]); m.Steps[0].Deadline.Due != "2025-10-13" || !strings.Contains(m.Steps[0].Deadline.Explain, "受理时为 2 个工作日") {
			t.Errorf("the first matter is due %s: %s", m.Steps[0].Deadline.Due, m.Steps[0].Deadline.Explain)
		}
		for what, m := range map[string]*matter.Matter{"one that was over": over, "one accepted after the change": newer} {
			if now := o.load(m.ID); len(now.Steps[0].Moved) > 0 || what != "one that was over" && now.Steps[0].Deadline.Due != m.Steps[0].Deadline.Due {
				t.Errorf("%s was moved", what)
			}
		}
		second := o.move("review.within")
		if len(second.Shifts) != filed-1-100 || second.More {
			t.Errorf("the second act moved %d matters, more %v; want %d and no more", len(second.Shifts), second.More, filed-1-100)
		}
		if list, err := o.Differences(o.bureau(1)); err != nil || len(list) != 0 {
			t.Errorf("differences afterwards = %+v, %v, want none", list, err)
		}
		o.fsck()
	})
}

// What is confirmed is what was seen: a matter that ended in between makes the preview another one.
func TestService_transitionSeen(t *testing.T) {
	testdbEach(t, func(t *testing.T, restart func(pack string) *office) {
		dir := t.TempDir()
		o := restart(townPack(t, dir, 2, false))
		a, b := o.filed(review, "a"), o.filed(review, "b")
		o = restart(townPack(t, dir, 1, true))
		proposed := o.propose("review.within")
		seen := o.seen("review.within")
		_, err := o.say(o.operator(), a.ID, "review", matter.Pass)
		must(t, err)
		_, err = o.ConfirmTransition(o.bureau(2), proposed.ID, seen, "核对无误")
		wantCode(t, "confirming what is not so any more", err, errs.Conflict)
		if m := o.load(b.ID); len(m.Steps[0].Moved) != 0 {
			t.Error("a refused confirmation moved a matter")
		}
		seen = o.seen("review.within")
		var wg sync.WaitGroup
		var results [2]error
		for i := range results {
			wg.Go(func() { _, results[i] = o.ConfirmTransition(o.bureau(2+i), proposed.ID, seen, "核对无误") })
		}
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Errorf("two who confirm at once are answered %v and %v, want one refused", results[0], results[1])
		}
		if m := o.load(b.ID); len(m.Steps[0].Moved) != 1 || m.Steps[0].Deadline.Due != "2025-09-30" {
			t.Errorf("the matter was moved %d times and is due %s", len(m.Steps[0].Moved), m.Steps[0].Deadline.Due)
		}
		o.fsck()
	})
}

// By a proposal that waited until a step would be overdue at once, which its author did not accept, nothing is moved: the button is
// closed with the reason, the act refuses with the same, and the way out it names is open.
func TestService_transitionOvertaken(t *testing.T) {
	testdbEach(t, func(t *testing.T, restart func(pack string) *office) {
		dir := t.TempDir()
		o := restart(townPack(t, dir, 2, false))
		m := o.filed(review, "a")
		o = restart(townPack(t, dir, 1, true))
		proposed := o.propose("review.within")
		options := func() (confirm, drop act.Option) {
			t.Helper()
			_, _, acts, err := o.Transition(o.bureau(2), proposed.ID)
			must(t, err)
			return acts[0], acts[1]
		}
		if confirm, _ := options(); !confirm.Allowed {
			t.Errorf("on the day of the proposal confirming is closed: %s", confirm.Reason)
		}
		o.clock.Advance(10 * 24 * time.Hour) // the old day, past the new one
		confirm, drop := options()
		if confirm.Allowed || !strings.Contains(confirm.Reason, "不予适用") || !drop.Allowed {
			t.Errorf("confirm %+v, drop %+v; want the first closed with the way out, the second open", confirm, drop)
		}
		_, err := o.ConfirmTransition(o.bureau(2), proposed.ID, o.seen("review.within"), "核对无误")
		if e := wantCode(t, "confirming what became overdue", err, errs.Conflict); e.Msg != confirm.Reason {
			t.Errorf("refused with %q, the button says %q", e.Msg, confirm.Reason)
		}
		_, err = o.DropTransition(o.bureau(2), proposed.ID, "重新拟定")
		must(t, err)
		again, err := o.Propose(o.bureau(1), []string{"review.within"}, "仍按新规定办理", o.seen("review.within"), true)
		must(t, err)
		_, err = o.ConfirmTransition(o.bureau(2), again.ID, o.seen("review.within"), "核对无误")
		must(t, err)
		if now := o.load(m.ID); len(now.Steps[0].Moved) != 1 {
			t.Errorf("moved %d times after it was accepted, want once", len(now.Steps[0].Moved))
		}
		o.fsck()
	})
}

// testdbEach gives each database a program that can be started anew under another pack.
func testdbEach(t *testing.T, fn func(t *testing.T, restart func(pack string) *office)) {
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(monday)
		db := testdb.SQLite(t, clk)
		keys, err := seal.LoadOrCreate(t.TempDir())
		must(t, err)
		fn(t, func(pack string) *office { return newOfficeUnder(t, db, clk, keys, pack) })
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(monday)
		db := testdb.Postgres(t, clk)
		keys, err := seal.LoadOrCreate(t.TempDir())
		must(t, err)
		fn(t, func(pack string) *office { return newOfficeUnder(t, db, clk, keys, pack) })
	})
}

func (o *office) seen(value string) string {
	o.t.Helper()
	p, err := o.Preview(o.bureau(1), []string{value})
	must(o.t, err)
	return p.Seen
}

func (o *office) propose(value string) matter.Transition {
	o.t.Helper()
	t, err := o.Propose(o.bureau(1), []string{value}, "统一按新规定办理", o.seen(value), false)
	must(o.t, err)
	return t
}

// move proposes a value and has a second person confirm it.
func (o *office) move(value string) matter.Transition {
	o.t.Helper()
	t, err := o.ConfirmTransition(o.bureau(2), o.propose(value).ID, o.seen(value), "核对无误")
	must(o.t, err)
	return t
}
